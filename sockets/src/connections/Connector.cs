using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>
/// Opens connections. The same under every model: a name's addresses are tried one after the other, and each but the last gets only its share of
/// the time, so that one that answers nothing does not use up what the others need. A model says how it looks a name up and how it opens.
/// </summary>
internal abstract class Connector
{
    /// <summary>How often a listener whose backlog is full is asked again: unix(7), nothing tells when it is not.</summary>
    protected static readonly TimeSpan FullBacklogPause = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest share of an address that others follow. The system's own patience is more than two minutes.</summary>
    private static readonly TimeSpan LongestShare = TimeSpan.FromSeconds(10);

    /// <summary>Asks the system for the addresses of a name. It cannot be stopped, and takes its own time.</summary>
    internal Func<DnsEndPoint, Task<IPAddress[]>> LookUp { get; init; } =
        static name => Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, CancellationToken.None);

    /// <exception cref="ConnectionException">Refused, unreachable, bad address.</exception>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal async ValueTask<StreamConnection> ConnectAsync(EndPoint address, Deadline deadline, CancellationToken cancellation)
    {
        ThrowIfDue(address, deadline, cancellation);
        return address is DnsEndPoint name
            ? await ConnectToOneAsync(name, await LookUpAsync(name, deadline, cancellation), deadline, cancellation)
            : await OpenAsync(address, deadline, cancellation);
    }

    /// <summary>Connects to the first of a name's addresses that answers.</summary>
    /// <inheritdoc cref="ConnectAsync" path="/exception"/>
    internal async ValueTask<StreamConnection> ConnectToOneAsync(
        DnsEndPoint name, IPAddress[] addresses, Deadline deadline, CancellationToken cancellation)
    {
        Exception? last = null;
        for (var i = 0; i < addresses.Length; i++)
        {
            try
            {
                ThrowIfDue(name, deadline, cancellation);
                return await OpenAsync(new IPEndPoint(addresses[i], name.Port), Share(deadline, addresses.Length - i), cancellation);
            }
            catch (Exception e) when (e is ConnectionException or TimeoutException && !deadline.HasPassed)
            {
                last = e;
            }
        }

        throw last ?? new ConnectionException(ConnectionError.Unreachable, $"{Tried(name)}: the name has no address.");
    }

    /// <summary>How long one of so many addresses may take that have not been tried.</summary>
    internal static Deadline Share(Deadline deadline, int left)
    {
        if (left <= 1) return deadline;
        var share = deadline.IsNever || deadline.Remaining / left > LongestShare ? LongestShare : deadline.Remaining / left;
        return Deadline.Earlier(deadline, Deadline.After(share));
    }

    /// <summary>Opens a connection to one address. What it opened and did not return is closed.</summary>
    protected abstract ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline, CancellationToken cancellation);

    /// <summary>Waits for a look-up, which cannot be stopped, until the deadline or the cancellation.</summary>
    protected abstract ValueTask WaitForAsync(Task lookUp, Deadline deadline, CancellationToken cancellation);

    protected static void ThrowIfDue(EndPoint address, Deadline deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (deadline.HasPassed) throw new TimeoutException($"{Tried(address)}: the deadline has passed.");
    }

    protected static string Tried(EndPoint address) =>
        address is DnsEndPoint name ? $"Connecting to {name.Host}:{name.Port}" : $"Connecting to {address}";

    private async ValueTask<IPAddress[]> LookUpAsync(DnsEndPoint name, Deadline deadline, CancellationToken cancellation)
    {
        var looking = LookUp(name);
        try
        {
            while (!looking.IsCompleted)
            {
                ThrowIfDue(name, deadline, cancellation);
                await WaitForAsync(looking, deadline, cancellation);
            }

            return looking.GetAwaiter().GetResult();
        }
        catch (SocketException e)
        {
            throw ConnectionErrors.FromSocket(e, $"Looking up {name.Host}");
        }
        finally
        {
            if (!looking.IsCompleted) _ = looking.ContinueWith(static late => late.Exception, TaskScheduler.Default); // nobody waits for it any more
        }
    }
}
