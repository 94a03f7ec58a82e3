using System.Net;
using System.Net.Sockets;
using Argosy.Kernel;

namespace Argosy.Client;

/// <summary>
/// Makes the TCP connection. Addresses are tried by turns of family, each a little after the one before, and the first that answers is
/// taken (RFC 8305 sections 4 and 5), so that a broken IPv6 path costs a quarter of a second and not a minute.
/// </summary>
internal static class Dialer
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    public static async Task<Socket> DialAsync(ArgosyUrl url, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(url.Host, patience.Token).ConfigureAwait(false);
            return await RaceAsync(Alternate(addresses), url.Port, patience.Token).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw new NotReachableException(Explain(exception.SocketErrorCode, url), exception);
        }
        catch (ArgumentException exception)
        {
            // A name that is longer than the base library asks for.
            throw new NotReachableException(Explain(SocketError.HostNotFound, url), exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NotReachableException(
                $"{url.Authority} does not answer within {timeout.TotalSeconds:0.#} s. Check the name, the port and firewalls between.", exception);
        }
    }

    /// <summary>The connection as a stream that owns it.</summary>
    public static Stream StreamOf(Socket socket) => OperatingSystem.IsLinux() ? new SocketStream(socket) : new NetworkStream(socket, ownsSocket: true);

    private static string Explain(SocketError error, ArgosyUrl url) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            $"The host {url.Host} is not known. Check its spelling and the network.",
        SocketError.ConnectionRefused => $"Nothing listens at {url.Authority}. Is the server started, and is that its port?",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => $"There is no way to {url.Authority} from here. Check the network.",
        SocketError.ConnectionReset or SocketError.ConnectionAborted =>
            $"{url.Authority} hung up at once. It may have locked out this address after wrong passwords, or be very busy: try again in some minutes.",
        SocketError.AccessDenied => $"This machine does not let connections to {url.Authority} out. Check its firewall.",
        SocketError.TooManyOpenSockets => "Too many files and connections are open at once (ulimit -n allows no more).",
        SocketError.AddressNotAvailable => $"This machine has no address or port left to reach {url.Authority} from. Try again later.",
        SocketError.TimedOut => $"{url.Authority} does not answer. Check the name, the port and firewalls between.",
        _ => $"{url.Authority} cannot be reached, for a reason that this program has no word for. Check the network and try again.",
    };

    private static List<IPAddress> Alternate(IPAddress[] addresses)
    {
        var first = addresses.FirstOrDefault()?.AddressFamily;
        var ordered = new List<IPAddress>(addresses.Length);
        using var same = addresses.Where(address => address.AddressFamily == first).GetEnumerator();
        using var other = addresses.Where(address => address.AddressFamily != first).GetEnumerator();
        bool more, others;
        do
        {
            if (more = same.MoveNext())
                ordered.Add(same.Current);
            if (others = other.MoveNext())
                ordered.Add(other.Current);
        }
        while (more || others);
        return ordered;
    }

    private static async Task<Socket> RaceAsync(List<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        if (addresses.Count == 1)
            return await ConnectAsync(addresses[0], port, cancellationToken).ConfigureAwait(false);
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var racing = new List<Task<Socket>>();
        SocketException failure = new((int)SocketError.HostNotFound);
        var next = 0;
        while (next < addresses.Count || racing.Count > 0)
        {
            if (next < addresses.Count)
                racing.Add(ConnectAsync(addresses[next++], port, losers.Token));
            var turn = next < addresses.Count ? Task.Delay(HeadStart, losers.Token) : Task.Delay(Timeout.Infinite, losers.Token);
            if (await Task.WhenAny([.. racing, turn]).ConfigureAwait(false) is not Task<Socket> done)
            {
                cancellationToken.ThrowIfCancellationRequested();
                continue;
            }

            racing.Remove(done);
            try
            {
                var winner = await done.ConfigureAwait(false);
                await losers.CancelAsync().ConfigureAwait(false);
                await CloseAllAsync(racing).ConfigureAwait(false);
                return winner;
            }
            catch (SocketException exception)
            {
                failure = exception;
            }
        }

        throw failure;
    }

    private static async Task CloseAllAsync(List<Task<Socket>> racing)
    {
        foreach (var loser in racing)
        {
            await ((Task)loser).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (loser.IsCompletedSuccessfully)
                loser.Result.Dispose();
        }
    }

    private static async Task<Socket> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A peer whose machine is gone sends no reset; long work may be waited for, so the kernel asks whether it still lives.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            var place = new IPEndPoint(address, port);
            await (OperatingSystem.IsLinux() ? WaitForAsync(socket, place, cancellationToken) : socket.ConnectAsync(place, cancellationToken)).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // What the base library has once waited for it watches as long as it lives; see SocketStream.
    private static async ValueTask WaitForAsync(Socket socket, IPEndPoint place, CancellationToken cancellationToken)
    {
        socket.Blocking = false;
        try
        {
            socket.Connect(place);
        }
        catch (SocketException begun) when (begun.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            using var readiness = new Readiness(socket.SafeHandle);
            await readiness.WaitToWriteAsync(cancellationToken).ConfigureAwait(false);
            var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != 0)
                throw new SocketException(error);
        }
    }
}
