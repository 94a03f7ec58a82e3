using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Argosy.Ledger;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>
/// The limits of one server whose connections several processes serve. Every place is a lease in a ledger that they share, so what a
/// killed worker held comes back by itself.
/// </summary>
internal sealed class SharedConnectionLimits(Ledger.Ledger ledger, ConnectionCaps caps) : IConnectionLimits
{
    private static readonly Amount Place = new(0, 1);

    private readonly Counter _total = ledger.Counter("total");
    private readonly ConcurrentDictionary<AddressKey, ConcurrentBag<Lease>> _byAddress = [];
    private readonly ConcurrentBag<Lease> _places = [];

    /// <summary>A ledger for the workers of one server. It has no name in any file system and goes with its last user.</summary>
    internal static SafeFileHandle Create()
    {
        var file = ScoreBoard.MemoryFile("argosy-limits");
        Open(file).Dispose(); // so that every worker finds it made
        return file;
    }

    /// <summary>Opens what <see cref="Create"/> made, in any process that was handed it.</summary>
    internal static Ledger.Ledger Open(SafeFileHandle file) =>
        Ledger.Ledger.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}"));

    /// <inheritdoc/>
    public RefusalReason? TryEnter(EndPoint? peer, out bool isOverloaded)
    {
        isOverloaded = false;
        if (TryLease(_total, caps.Total) is not { } place) return RefusalReason.TooMany;
        if (caps.PerAddress != int.MaxValue && AddressKey.Of(peer) is { } key)
        {
            if (TryLease(ledger.Counter(Name(key)), caps.PerAddress) is not { } share)
            {
                place.Dispose();
                return RefusalReason.TooManyFromAddress;
            }

            _byAddress.GetOrAdd(key, static _ => []).Add(share);
        }

        _places.Add(place);
        isOverloaded = caps.Busy != int.MaxValue && _total.Used.Files > caps.Busy;
        return null;
    }

    /// <inheritdoc/>
    public void Leave(EndPoint? peer)
    {
        // One lease is as good as another of the same counter.
        if (caps.PerAddress != int.MaxValue && AddressKey.Of(peer) is { } key && _byAddress.TryGetValue(key, out var shares))
        {
            if (shares.TryTake(out var share)) share.Dispose();
            if (shares.IsEmpty && ledger.Forget(Name(key))) _byAddress.TryRemove(new(key, shares));
        }

        if (_places.TryTake(out var place)) place.Dispose();
    }

    private static Lease? TryLease(Counter counter, int cap)
    {
        var limit = cap == int.MaxValue ? Amount.Unlimited : new Amount(-1, cap);
        while (true)
        {
            try
            {
                return counter.TryLease(Place, limit);
            }
            catch (NotCountedException)
            {
                counter.Reset(default); // nothing but leases is ever counted here
            }
        }
    }

    private static string Name(AddressKey key) => string.Create(CultureInfo.InvariantCulture, $"{(key.IsV6 ? '6' : '4')}:{key.Prefix:x}");
}
