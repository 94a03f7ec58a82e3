using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>
/// The new process's side of an upgrade without a refused connection: takes the listening sockets of the process that runs, serves them,
/// and confirms, whereupon the other one drains. Until then the other one goes on as if nothing had happened.
/// </summary>
/// <remarks>
/// Both processes hold the same sockets, so a connection that one does not accept the other does, and none that waits in the backlog is
/// lost; not even when the old process is killed. Linux only.
/// </remarks>
public sealed class ListenerHandOver : IDisposable
{
    private readonly Socket _door;
    private readonly TimeSpan _limit;

    private ListenerHandOver(Socket door, TimeSpan limit, InheritedSockets sockets) => (_door, _limit, Sockets) = (door, limit, sockets);

    /// <summary>What the running process serves, under the names that it offered them by.</summary>
    public InheritedSockets Sockets { get; }

    /// <summary>Takes what a <see cref="ListenerOffer"/> at this path offers; null where nobody offers, which is a first start, and in worker processes.</summary>
    /// <param name="path">The offer's path.</param>
    /// <param name="limit">How long each of the other's answers may take.</param>
    /// <param name="fromUser">The user id to take sockets from, beside our own and root's: for a root that gives up its rights after binding,
    /// so that its predecessor runs as another user. Sockets of a stranger could be served by the stranger as well.</param>
    /// <exception cref="ConnectionException">The offer is of another user, was refused, or is not kept.</exception>
    public static ListenerHandOver? TryTake(string path, TimeSpan limit, uint? fromUser = null)
    {
        if (!OperatingSystem.IsLinux() || WorkerProcess.IsWorker) return null; // a worker's listeners come from its parent
        var door = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // SO_RCVTIMEO, SO_SNDTIMEO, which connect(2) heeds too: nothing here is asynchronous before the confirmation, and the other may be stopped.
            (door.ReceiveTimeout, door.SendTimeout) = ((int)limit.TotalMilliseconds, (int)limit.TotalMilliseconds);
            door.Connect(new UnixDomainSocketEndPoint(path));
            ThrowIfStranger(door, path, fromUser);
            return new ListenerHandOver(door, limit, Receive(door));
        }
        catch (Exception e)
        {
            door.Dispose();
            if (e is not SocketException error) throw;
            // Nobody: no file, or one that a killed process left.
            if (error.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable) return null;
            if (error.SocketErrorCode is SocketError.WouldBlock or SocketError.TimedOut)
                throw new ConnectionException(ConnectionError.Failed, $"Taking over the listening sockets at {path}: the running process does not answer in time.");
            throw ConnectionErrors.FromSocket(error, $"Taking over the listening sockets at {path}");
        }
    }

    /// <summary>
    /// Tells the running process that the sockets are served here: call it once every server has started. When it completes the other one
    /// takes nothing new, and its path is free for an offer of our own. False where the other one had ended or did not answer in time,
    /// which changes nothing here.
    /// </summary>
    public async Task<bool> ConfirmAsync()
    {
        using var timer = new CancellationTokenSource(_limit);
        try
        {
            await _door.SendAsync(new[] { HandOverMessage.Ready }, timer.Token);
            var answer = new byte[1];
            return await _door.ReceiveAsync(answer, timer.Token) == 1 && answer[0] == HandOverMessage.Given;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Without a confirmation before: the running process goes on, and the sockets that no server took are closed here.</summary>
    public void Dispose()
    {
        _door.Dispose();
        Sockets.Dispose();
    }

    private static void ThrowIfStranger(Socket door, string path, uint? fromUser)
    {
        var owner = NativeSocket.PeerCredentials(door.SafeHandle)?.UserId;
        if (owner == 0 || owner == Libc.EffectiveUser() || owner == fromUser) return;
        throw new ConnectionException(
            ConnectionError.NotPermitted, $"Taking over the listening sockets at {path}: they are offered by user {owner}, who is neither root nor this user.");
    }

    private static InheritedSockets Receive(Socket door)
    {
        var descriptors = new List<int>();
        var sockets = new List<InheritedSocket>();
        try
        {
            var message = HandOverMessage.Receive(door.SafeHandle, descriptors);
            foreach (var ((name, ownsFile), descriptor) in message.Sockets.Zip(descriptors))
                sockets.Add(InheritedSocket.From(descriptor, name, ownsFile));
            return new InheritedSockets(sockets);
        }
        catch
        {
            foreach (var socket in sockets) socket.Dispose();
            foreach (var descriptor in descriptors.Skip(sockets.Count)) new DescriptorHandle(descriptor).Dispose();
            throw;
        }
    }
}
