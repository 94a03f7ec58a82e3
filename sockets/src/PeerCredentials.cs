namespace Argosy.Sockets;

/// <summary>The process at the other end of a Unix socket when it connected (unix(7), SO_PEERCRED).</summary>
/// <param name="ProcessId">Its process id.</param>
/// <param name="UserId">Its effective user id.</param>
/// <param name="GroupId">Its effective group id.</param>
public readonly record struct PeerCredentials(int ProcessId, uint UserId, uint GroupId);
