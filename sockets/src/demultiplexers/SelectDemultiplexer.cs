using System.Numerics;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// select(2): sets of bits, one for each descriptor below 1,024, that the kernel overwrites with what is ready. A higher number does
/// not fit (FD_SETSIZE), however few descriptors are watched.
/// </summary>
internal sealed unsafe class SelectDemultiplexer : IDemultiplexer
{
    internal const int Capacity = 1024; // FD_SETSIZE
    private const int WordBits = 64;
    private const int Words = Capacity / WordBits;

    private readonly ulong[] _read = new ulong[Words];
    private readonly ulong[] _write = new ulong[Words];
    private readonly ulong[] _tags = new ulong[Capacity];
    private readonly Readiness[] _ready = new Readiness[Capacity];

    public bool IsEdgeTriggered => false;

    /// <summary>Why a descriptor is refused, and what to do.</summary>
    internal static string TooHigh(int descriptor) =>
        $"select(2) cannot watch descriptor {descriptor}: it knows numbers below {Capacity} only. Use poll or epoll, or open fewer.";

    public bool CanWatch(int descriptor) => descriptor < Capacity;

    public void Add(int descriptor, PollEvents events, ulong tag)
    {
        if (!CanWatch(descriptor)) throw new ConnectionException(ConnectionError.OutOfResources, TooHigh(descriptor));
        Change(descriptor, events, tag);
    }

    public void Change(int descriptor, PollEvents events, ulong tag)
    {
        _tags[descriptor] = tag;
        Put(_read, descriptor, (events & PollEvents.Read) != 0);
        Put(_write, descriptor, (events & PollEvents.Write) != 0);
    }

    public void Remove(int descriptor)
    {
        if (descriptor < Capacity) Change(descriptor, PollEvents.None, 0);
    }

    public ReadOnlySpan<Readiness> Wait(int milliseconds)
    {
        var read = stackalloc ulong[Words];
        var write = stackalloc ulong[Words];
        _read.CopyTo(new Span<ulong>(read, Words));
        _write.CopyTo(new Span<ulong>(write, Words));
        var limit = new TimeValue { Seconds = milliseconds / 1000, Microseconds = milliseconds % 1000 * 1000 };
        var count = Libc.Select(HighestPlusOne(), read, write, null, milliseconds < 0 ? null : &limit);
        if (count >= 0) return count == 0 ? [] : Collect(read, write);
        return Marshal.GetLastPInvokeError() is var error && error == Errno.EINTR
            ? []
            : throw ConnectionErrors.FromErrno(error, "Waiting with select(2)");
    }

    public void Dispose()
    {
    }

    private static void Put(ulong[] set, int descriptor, bool isMember)
    {
        var bit = 1UL << (descriptor % WordBits);
        if (isMember) set[descriptor / WordBits] |= bit;
        else set[descriptor / WordBits] &= ~bit;
    }

    private int HighestPlusOne()
    {
        for (var word = Words - 1; word >= 0; word--)
        {
            if ((_read[word] | _write[word]) is > 0 and var bits) return (word + 1) * WordBits - BitOperations.LeadingZeroCount(bits);
        }

        return 0;
    }

    private ReadOnlySpan<Readiness> Collect(ulong* read, ulong* write)
    {
        var found = 0;
        for (var word = 0; word < Words; word++)
        {
            for (var bits = read[word] | write[word]; bits != 0; bits &= bits - 1)
            {
                var bit = bits & ~(bits - 1);
                var events = ((read[word] & bit) != 0 ? PollEvents.Read : 0) | ((write[word] & bit) != 0 ? PollEvents.Write : 0);
                _ready[found++] = new Readiness(_tags[word * WordBits + BitOperations.TrailingZeroCount(bit)], events);
            }
        }

        return _ready.AsSpan(0, found);
    }
}
