using System.Net;

namespace Argosy.Sockets;

/// <summary>Counts connections, in total and by address. The table holds only addresses that are connected now.</summary>
internal sealed class ConnectionLimits(int maxConnections, int busyAbove, int maxPerAddress) : IConnectionLimits
{
    internal ConnectionLimits(ConnectionCaps caps)
        : this(caps.Total, caps.Busy, caps.PerAddress)
    {
    }

    private readonly Lock _lock = new();
    private readonly Dictionary<AddressKey, int> _perAddress = [];
    private int _total;

    /// <summary>How many addresses the table holds.</summary>
    internal int AddressCount => _perAddress.Count;

    /// <inheritdoc/>
    public RefusalReason? TryEnter(EndPoint? peer, out bool isOverloaded)
    {
        lock (_lock)
        {
            isOverloaded = _total >= busyAbove;
            if (_total >= maxConnections) return RefusalReason.TooMany;
            if (maxPerAddress != int.MaxValue && AddressKey.Of(peer) is { } key)
            {
                var present = _perAddress.GetValueOrDefault(key);
                if (present >= maxPerAddress) return RefusalReason.TooManyFromAddress;
                _perAddress[key] = present + 1;
            }

            _total++;
            return null;
        }
    }

    /// <inheritdoc/>
    public void Leave(EndPoint? peer)
    {
        lock (_lock)
        {
            _total--;
            if (maxPerAddress == int.MaxValue || AddressKey.Of(peer) is not { } key) return;
            if (_perAddress[key] == 1) _perAddress.Remove(key);
            else _perAddress[key]--;
        }
    }
}
