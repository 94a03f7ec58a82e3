using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>epoll(7): the kernel keeps the list, and a wait costs in proportion to what is ready, not to what is watched.</summary>
internal sealed unsafe class EpollDemultiplexer : IDemultiplexer
{
    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC
    private const int AddOne = 1; // EPOLL_CTL_ADD
    private const int RemoveOne = 2; // EPOLL_CTL_DEL
    private const int ChangeOne = 3; // EPOLL_CTL_MOD
    private const uint EdgeTriggered = 1u << 31; // EPOLLET
    private const int AtOnce = 256; // what is left over comes with the next wait, ahead of what was told already

    // struct epoll_event is packed on x86-64 (and aligned to 4 on x86), and naturally aligned everywhere else.
    private static readonly int TagOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int EntrySize = TagOffset + sizeof(ulong);

    private readonly DescriptorHandle _epoll;

    // On the heap of pinned objects: pinned in a wait that may last for hours, it would be in the collector's way elsewhere.
    private readonly byte[] _entries = GC.AllocateUninitializedArray<byte>(AtOnce * EntrySize, pinned: true);
    private readonly Readiness[] _ready = new Readiness[AtOnce];

    /// <exception cref="ConnectionException">No descriptors are left.</exception>
    public EpollDemultiplexer(bool edgeTriggered)
    {
        var descriptor = Libc.EpollCreate(CloseOnExec);
        if (descriptor < 0) throw ConnectionErrors.FromErrno(Marshal.GetLastPInvokeError(), "Opening an epoll instance");
        _epoll = new DescriptorHandle(descriptor);
        IsEdgeTriggered = edgeTriggered;
    }

    public bool IsEdgeTriggered { get; }

    public bool CanWatch(int descriptor) => true;

    public void Add(int descriptor, PollEvents events, ulong tag) => Control(AddOne, descriptor, events, tag);

    public void Change(int descriptor, PollEvents events, ulong tag) => Control(ChangeOne, descriptor, events, tag);

    public void Remove(int descriptor) => _ = Libc.EpollControl(_epoll, RemoveOne, descriptor, null); // ENOENT, EBADF: not watched

    public ReadOnlySpan<Readiness> Wait(int milliseconds)
    {
        var entries = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_entries));
        var count = Libc.EpollWait(_epoll, entries, AtOnce, milliseconds);
        if (count < 0)
        {
            return Marshal.GetLastPInvokeError() is var error && error == Errno.EINTR
                ? []
                : throw ConnectionErrors.FromErrno(error, "Waiting with epoll(7)");
        }

        for (var i = 0; i < count; i++)
        {
            var entry = entries + i * EntrySize;
            _ready[i] = new Readiness(Unsafe.ReadUnaligned<ulong>(entry + TagOffset), (PollEvents)(*(uint*)entry & 0xFFFF));
        }

        return _ready.AsSpan(0, count);
    }

    public void Dispose() => _epoll.Dispose();

    private void Control(int operation, int descriptor, PollEvents events, ulong tag)
    {
        var entry = stackalloc byte[EntrySize];
        *(uint*)entry = (uint)events | (IsEdgeTriggered ? EdgeTriggered : 0);
        Unsafe.WriteUnaligned(entry + TagOffset, tag);
        if (Libc.EpollControl(_epoll, operation, descriptor, entry) == 0) return;
        throw Marshal.GetLastPInvokeError() switch
        {
            Errno.EPERM => new ConnectionException(
                ConnectionError.Failed,
                $"epoll(7) cannot watch descriptor {descriptor}: it is a file or a folder, which are always ready. Read them without waiting."),
            Errno.ENOSPC => new ConnectionException(
                ConnectionError.OutOfResources, "epoll(7) watches as many descriptors as it may. Raise fs.epoll.max_user_watches."),
            var error => ConnectionErrors.FromErrno(error, $"Watching descriptor {descriptor} with epoll(7)"),
        };
    }
}
