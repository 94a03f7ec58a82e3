using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>poll(2): the whole list goes into the kernel and is searched afterwards, so a wait costs in proportion to its length.</summary>
internal sealed unsafe class PollDemultiplexer : IDemultiplexer
{
    private readonly Dictionary<int, int> _rows = [];
    private PollEntry[] _entries = NewEntries(16);
    private ulong[] _tags = new ulong[16];
    private Readiness[] _ready = new Readiness[16];

    public bool IsEdgeTriggered => false;

    public bool CanWatch(int descriptor) => true;

    public void Add(int descriptor, PollEvents events, ulong tag)
    {
        var row = _rows.Count;
        if (row == _entries.Length) Grow();
        _rows.Add(descriptor, row);
        (_entries[row], _tags[row]) = (new PollEntry { Descriptor = descriptor, Asked = events }, tag);
    }

    public void Change(int descriptor, PollEvents events, ulong tag)
    {
        var row = _rows[descriptor];
        (_entries[row].Asked, _tags[row]) = (events, tag);
    }

    public void Remove(int descriptor)
    {
        if (!_rows.Remove(descriptor, out var row)) return;
        var last = _rows.Count;
        if (row == last) return;
        (_entries[row], _tags[row]) = (_entries[last], _tags[last]);
        _rows[_entries[row].Descriptor] = row;
    }

    public ReadOnlySpan<Readiness> Wait(int milliseconds)
    {
        var entries = (PollEntry*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_entries));
        var left = Libc.Poll(entries, (nuint)_rows.Count, milliseconds);
        if (left < 0 && Marshal.GetLastPInvokeError() is var error && error != Errno.EINTR)
            throw ConnectionErrors.FromErrno(error, "Waiting with poll(2)");
        var found = 0;
        for (var row = 0; left > 0; row++)
        {
            if (_entries[row].Ready == PollEvents.None) continue;
            _ready[found++] = new Readiness(_tags[row], _entries[row].Ready);
            left--;
        }

        return _ready.AsSpan(0, found);
    }

    public void Dispose()
    {
    }

    // On the heap of pinned objects: pinned in a wait that may last for hours, it would be in the collector's way elsewhere.
    private static PollEntry[] NewEntries(int count) => GC.AllocateArray<PollEntry>(count, pinned: true);

    private void Grow()
    {
        var entries = NewEntries(_entries.Length * 2);
        _entries.CopyTo(entries, 0);
        _entries = entries;
        Array.Resize(ref _tags, _entries.Length);
        Array.Resize(ref _ready, _entries.Length);
    }
}
