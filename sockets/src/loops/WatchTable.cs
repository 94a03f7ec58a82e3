namespace Argosy.Sockets;

/// <summary>
/// The descriptors that a loop watches. The tag that a demultiplexer is given names a row and its generation: an event fetched
/// before the row's owner left, and told after, belongs to nobody, whoever has the row or the descriptor's number by then.
/// </summary>
internal sealed class WatchTable
{
    private readonly List<Row> _rows = [];
    private readonly Stack<int> _free = new();

    internal int Count => _rows.Count - _free.Count;

    /// <summary>Every watch there is now.</summary>
    internal IEnumerable<DescriptorWatch> All => _rows.Select(row => row.Watch).OfType<DescriptorWatch>().ToArray();

    /// <summary>Enters a watch and returns its tag.</summary>
    internal ulong Enter(DescriptorWatch watch)
    {
        if (!_free.TryPop(out var index))
        {
            index = _rows.Count;
            _rows.Add(default);
        }

        var generation = _rows[index].Generation + 1;
        _rows[index] = new Row(watch, generation);
        return ((ulong)generation << 32) | (uint)index;
    }

    internal void Leave(ulong tag)
    {
        var index = (int)(uint)tag;
        _rows[index] = new Row(null, _rows[index].Generation);
        _free.Push(index);
    }

    /// <summary>The watch that has this tag now; null when it has left.</summary>
    internal DescriptorWatch? Find(ulong tag)
    {
        var index = (uint)tag;
        return index < _rows.Count && _rows[(int)index] is var row && row.Generation == (uint)(tag >> 32) ? row.Watch : null;
    }

    private readonly record struct Row(DescriptorWatch? Watch, uint Generation);
}
