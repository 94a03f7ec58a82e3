using System.Net;
using System.Net.Sockets;
using Argosy.Ledger;

namespace Argosy.Files;

/// <summary>
/// Places that are counted among all processes: so many in all, and so many for one IPv4 address or one IPv6 /64, which is what one customer is given
/// (RFC 6177), so that nobody takes them all. Each is a lease: what a killed process held comes back. Thread-safe.
/// </summary>
internal sealed class Places(Ledger.Ledger ledger, string name)
{
    private static readonly Amount One = new(1, 0);

    private readonly Counter _all = ledger.Counter(name);
    private readonly Dictionary<string, Share> _byAddress = [];

    /// <summary>Takes one; null where none is free.</summary>
    /// <param name="address">Whose it is; null for a local socket, which has no share of its own.</param>
    /// <param name="most">How many there are; 0 for no limit.</param>
    /// <param name="mostFromAddress">How many of them one address may have; 0 for no limit.</param>
    /// <exception cref="IOException">The ledger cannot be locked or grown.</exception>
    public IDisposable? TryTake(IPAddress? address, int most, int mostFromAddress)
    {
        var share = mostFromAddress > 0 && KeyOf(address) is { } key ? Join(key) : null;
        var lease = share is null ? null : TryLease(share.Counter, mostFromAddress);
        var place = share is not null && lease is null ? null : TryLease(_all, most);
        if (place is not null) return new Place(this, place, share, lease);

        lease?.Dispose();
        if (share is not null) Leave(share);
        return null;
    }

    private static string? KeyOf(IPAddress? address)
    {
        if (address is null) return null;

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(plain.GetAddressBytes().AsSpan(0, 8)) : plain.ToString();
    }

    private static Lease? TryLease(Counter counter, int most)
    {
        while (true)
        {
            try
            {
                return counter.TryLease(One, most > 0 ? new Amount(most, -1) : new Amount(-1, -1));
            }
            catch (NotCountedException)
            {
                counter.Reset(default); // Only leases count here, and they go with their processes: there is nothing to count first.
            }
        }
    }

    private Share Join(string key)
    {
        lock (_byAddress)
        {
            if (!_byAddress.TryGetValue(key, out var share)) _byAddress.Add(key, share = new Share(key, ledger.Counter($"{name} from {key}")));
            share.Users++;
            return share;
        }
    }

    private void Leave(Share share)
    {
        lock (_byAddress)
        {
            if (--share.Users > 0) return;

            _byAddress.Remove(share.Key);
        }

        ledger.Forget(share.Counter.Key); // Unless another process serves the address too.
    }

    /// <summary>One address's: in the ledger only as long as it has places.</summary>
    private sealed record Share(string Key, Counter Counter)
    {
        public int Users { get; set; }
    }

    private sealed class Place(Places all, Lease place, Share? share, Lease? lease) : IDisposable
    {
        private int _isFree;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isFree, 1) != 0) return;

            place.Dispose();
            if (share is null) return;

            lease!.Dispose();
            try
            {
                all.Leave(share);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // What is left of the ledger then is a counter of nothing.
            }
        }
    }
}
