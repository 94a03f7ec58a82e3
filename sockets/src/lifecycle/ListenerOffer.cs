using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>
/// The running process's side of an upgrade without a refused connection: offers the sockets of its servers at a Unix socket, to processes
/// of the same user or of root. A successor takes them with <see cref="ListenerHandOver.TryTake"/>. When it has confirmed that it
/// serves, <see cref="Taken"/> completes: stop the servers then, and those who are connected finish here. A successor that fails changes nothing,
/// and the offer stands. Linux only.
/// </summary>
public sealed class ListenerOffer : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<KeyValuePair<string, ISocketServer>> _servers;
    private readonly Socket _door;
    private readonly UnixSocketFile? _file;
    private readonly TimeSpan _limit;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _offering;

    private ListenerOffer(IReadOnlyList<KeyValuePair<string, ISocketServer>> servers, Socket door, UnixSocketFile? file, TimeSpan limit, ILogger logger)
    {
        (_servers, _door, _file, _limit, _logger) = (servers, door, file, limit, logger);
        _offering = Task.Run(OfferAsync);
    }

    /// <summary>Completes when a successor serves the sockets. The servers here still do as well, until they are stopped.</summary>
    public Task Taken => _taken.Task;

    /// <summary>Offers the sockets of servers that have been started, each server's under a name.</summary>
    /// <param name="path">Where the Unix socket is made, with mode 0600, in a folder that nobody else can write. A file left there by a killed
    /// process is replaced.</param>
    /// <param name="servers">Names, of visible characters, and servers.</param>
    /// <param name="logger">Told of successors, good and bad.</param>
    /// <param name="limit">How long a successor may take from getting the sockets to serving them. Null: a minute.</param>
    /// <exception cref="ConnectionException">The path is in use, not permitted, or in no folder.</exception>
    public static ListenerOffer Open(
        string path, IReadOnlyDictionary<string, ISocketServer> servers, ILogger? logger = null, TimeSpan? limit = null)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("Listening sockets are handed over on Linux only.");
        if (servers.Keys.FirstOrDefault(name => name.Length == 0 || name.Any(c => c is <= ' ' or >= '\x7f')) is { } bad)
            throw new ArgumentException($"'{bad}' is no name for an offer: visible characters, please, and at least one.", nameof(servers));
        var address = new UnixDomainSocketEndPoint(path);
        return new ListenerOffer([.. servers], OpenDoor(address), UnixSocketFile.At(address), limit ?? TimeSpan.FromMinutes(1), GuardedLogger.Of(logger));
    }

    /// <summary>Offers no longer. A successor that has not confirmed yet goes without our answer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _offering;
        CloseDoor();
        _closing.Dispose();
    }

    private static Socket OpenDoor(UnixDomainSocketEndPoint address) =>
        TryOpenDoor(address, out var errno)
        ?? (errno == Errno.EADDRINUSE && UnixSocketFile.TryRemoveStale(address) ? TryOpenDoor(address, out errno) : null)
        ?? throw ListenErrors.From(errno, address);

    // Not by the runtime's Socket, which would remove whatever is at the path when it is disposed: a successor's offer, say.
    private static Socket? TryOpenDoor(UnixDomainSocketEndPoint address, out int errno) =>
        NativeUnixSocket.TryBind(address, SocketType.Stream, backlog: 4, out errno, UnixFileMode.UserRead | UnixFileMode.UserWrite);

    private void CloseDoor()
    {
        _file?.Remove();
        _door.Dispose();
    }

    private async Task OfferAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                using var successor = await _door.AcceptAsync(_closing.Token);
                if (await TryHandOverAsync(successor)) return;
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.HandOverFails(_logger, e);
                await Task.Delay(RetryPause, _closing.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task<bool> TryHandOverAsync(Socket successor)
    {
        var peer = NativeSocket.PeerCredentials(successor.SafeHandle) ?? throw new NotSupportedException("The system does not tell who asks.");
        if (peer.UserId != 0 && peer.UserId != Libc.EffectiveUser())
        {
            Log.HandOverRefused(_logger, peer.ProcessId, peer.UserId);
            await successor.SendAsync(HandOverMessage.Refusal($"user {peer.UserId} is neither root nor the user of the running process"));
            return false;
        }

        var sockets = Send(successor);
        Log.HandingOver(_logger, sockets.Count, peer.ProcessId);
        if (!await IsReadyAsync(successor))
        {
            Log.SuccessorFailed(_logger, peer.ProcessId);
            return false;
        }

        foreach (var socket in sockets) socket.LeaveFile();
        CloseDoor(); // the path is free before the successor hears that it is
        await successor.SendAsync(new[] { HandOverMessage.Given }).ContinueWith(static _ => { }, TaskScheduler.Default);
        Log.HandedOver(_logger, peer.ProcessId);
        _taken.SetResult();
        return true;
    }

    private List<IBoundSocket> Send(Socket successor)
    {
        var named = _servers.SelectMany(server => server.Value.BoundSockets.Select(socket => (server.Key, Socket: socket))).ToList();
        if (named.Count > DescriptorPassing.MostAtOnce)
            throw new NotSupportedException($"{named.Count} sockets are more than the {DescriptorPassing.MostAtOnce} that can be handed over.");
        var message = new HandOverMessage([.. named.Select(each => (each.Key, each.Socket.OwnsFile))]).ToBytes();
        var sent = DescriptorPassing.Send(successor.SafeHandle, message, [], [.. named.Select(SafeHandle (each) => each.Socket.Handle)]);
        if (sent < 0) throw ConnectionErrors.FromErrno(-sent, "Handing over the listening sockets");
        return [.. named.Select(each => each.Socket)];
    }

    private async Task<bool> IsReadyAsync(Socket successor)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        timer.CancelAfter(_limit);
        try
        {
            var answer = new byte[1];
            return await successor.ReceiveAsync(answer, timer.Token) == 1 && answer[0] == HandOverMessage.Ready;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !_closing.IsCancellationRequested)
        {
            return false;
        }
    }
}
