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
    private readonly Lock _lock = new();
    private readonly Dictionary<AddressKey, Stack<Lease>> _byAddress = [];
    private readonly Stack<Lease> _places = [];

    /// <summary>A ledger for the workers of one server. It has no name in any file system and goes with its last user.</summary>
    internal static SafeFileHandle Create()
    {
        var file = ScoreBoard.MemoryFile("argosy-limits");
        Open(file).Dispose(); // so that every worker finds it made
        return file;
    }

    /// <summary>Opens what <see cref="Create"/> made, in any process that was handed it.</summary>
    internal static Ledger.Ledger Open(SafeFileHandle file)
    {
        var isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld); // the number must mean this file until it has been opened
            return Ledger.Ledger.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}"));
        }
        finally
        {
            if (isHeld) file.DangerousRelease();
        }
    }

    /// <inheritdoc/>
    public RefusalReason? TryEnter(EndPoint? peer, out bool isOverloaded)
    {
        isOverloaded = false;
        if (TryLease(_total, caps.Total) is not { } place) return RefusalReason.TooMany;
        if (caps.PerAddress != int.MaxValue && AddressKey.Of(peer) is { } key)
        {
            if (TryLeaseShare(key, place) is not { } share) return RefusalReason.TooManyFromAddress;
            Keep(key, share);
        }

        lock (_lock) _places.Push(place);
        isOverloaded = caps.Busy != int.MaxValue && _total.Used.Files > caps.Busy;
        return null;
    }

    /// <inheritdoc/>
    public void Leave(EndPoint? peer)
    {
        // One lease is as good as another of the same counter.
        Lease? share = null, place;
        lock (_lock)
        {
            place = _places.Pop();
            if (caps.PerAddress != int.MaxValue && AddressKey.Of(peer) is { } key) share = TakeShare(key);
        }

        share?.Dispose();
        place.Dispose();
    }

    /// <summary>A share of the address's cap; where there is none, or the ledger fails, the place is given back.</summary>
    private Lease? TryLeaseShare(AddressKey key, Lease place)
    {
        Lease? share = null;
        try
        {
            return share = TryLease(ledger.Counter(Name(key)), caps.PerAddress);
        }
        finally
        {
            if (share is null) place.Dispose();
        }
    }

    private void Keep(AddressKey key, Lease share)
    {
        lock (_lock)
        {
            if (!_byAddress.TryGetValue(key, out var shares)) _byAddress.Add(key, shares = []);
            shares.Push(share);
        }
    }

    private Lease? TakeShare(AddressKey key)
    {
        var shares = _byAddress[key];
        var share = shares.Pop();
        if (shares.Count > 0) return share;
        _byAddress.Remove(key);
        share.Dispose();
        ledger.Forget(Name(key)); // unless another worker serves the address as well
        return null;
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
