using System.Net;
using System.Net.Sockets;
using Argosy.Files;
using Argosy.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Native;

/// <summary>
/// The connections of this process that have not logged in. Where all places are taken, the one that has said nothing for longest gives way to who comes:
/// silence keeps nobody from logging in, not even from the same address.
/// </summary>
internal sealed class Strangers(FileService files, NativeOptions options)
{
    private readonly RareLine _busy = new();
    private readonly RareLine _gaveWay = new();
    private readonly LinkedList<Stranger> _here = new(); // oldest first

    /// <summary>Somebody has connected.</summary>
    public Stranger Welcome(IConnection connection, ILogger log)
    {
        IPAddress? address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        IDisposable? place = Admit(address);
        if (place is null && FindSilent(address) is { } silent)
        {
            silent.GiveWay();
            if (_gaveWay.IsDue(out long times))
                Log.GaveWay(log, silent.Address, times);
            place = Admit(address);
        }

        var stranger = new Stranger(this, connection, place);
        lock (_here)
            stranger.Node = _here.AddLast(stranger);
        return stranger;
    }

    /// <summary>Somebody is told that there are too many connections: that the operator sees too.</summary>
    public void TellBusy(ILogger log, EndPoint? remote, bool isOverloaded)
    {
        if (_busy.IsDue(out long times))
            Log.Busy(log, remote, isOverloaded ? "too many connections" : "too many connections without a login, in all or from there", times);
    }

    /// <summary>It is none any more.</summary>
    public void Remove(Stranger stranger)
    {
        lock (_here)
        {
            if (stranger.Node is { List: not null } node)
                _here.Remove(node);
        }
    }

    private IDisposable? Admit(IPAddress? address) =>
        files.TryAdmitStranger(options.MaxUnauthenticated, address, options.MaxUnauthenticatedPerAddress);

    /// <summary>Who gives way: one of the same address where that has all that it may have, else whoever has been silent longest.</summary>
    private Stranger? FindSilent(IPAddress? address)
    {
        lock (_here)
        {
            bool isFull = options.MaxUnauthenticatedPerAddress > 0
                && _here.Count(each => each.IsAdmitted && IsSame(each.Address, address)) >= options.MaxUnauthenticatedPerAddress;
            return _here.FirstOrDefault(each =>
                each is { IsAdmitted: true, IsHeard: false } && each.Age >= options.Grace.TotalMilliseconds && (!isFull || IsSame(each.Address, address)));
        }
    }

    // An IPv6 /64 is what one customer is given (RFC 6177).
    private static bool IsSame(IPAddress? one, IPAddress? other) => one is null || other is null
        ? one is null && other is null
        : one.Equals(other)
            || (one is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } && other is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
                && one.GetAddressBytes().AsSpan(0, 8).SequenceEqual(other.GetAddressBytes().AsSpan(0, 8)));
}
