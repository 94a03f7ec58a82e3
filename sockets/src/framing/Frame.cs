namespace Argosy.Sockets;

/// <summary>Where a message lies in received bytes.</summary>
/// <param name="Start">Where the message begins, behind its prefix.</param>
/// <param name="Length">Its length.</param>
/// <param name="End">Where the next frame begins.</param>
public readonly record struct Frame(int Start, int Length, int End);
