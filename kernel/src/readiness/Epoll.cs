using System.Runtime.InteropServices;

namespace Argosy.Kernel;

/// <summary>epoll(7), where every interest is for once (EPOLLONESHOT).</summary>
internal sealed unsafe partial class Epoll
{
    private const uint Once = 1u << 30;
    private const int CloseOnExec = 0x80000;
    private const int Interrupted = 4; // EINTR

    // struct epoll_event is packed on x86-64 and naturally aligned elsewhere.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private readonly int _epoll;

    public Epoll()
    {
        _epoll = Create(CloseOnExec);
        if (_epoll < 0) throw new IOException($"No descriptor can be watched (error {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>What can happen to a descriptor. Its end and its failure are told always.</summary>
    [Flags]
    public enum Events : uint
    {
        Read = 1,
        Write = 4,
    }

    /// <summary>What epoll_ctl(2) is to do.</summary>
    public enum Operation
    {
        Add = 1,
        Change = 3,
    }

    /// <exception cref="IOException">It cannot be watched.</exception>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public void Watch(Operation operation, SafeHandle descriptor, long id, Events events)
    {
        var entry = stackalloc byte[16];
        *(uint*)entry = (uint)events | Once;
        *(long*)(entry + (IsPacked ? 4 : 8)) = id;
        if (Control(_epoll, (int)operation, descriptor, entry) < 0)
            throw new IOException($"A descriptor cannot be watched (error {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>Ends what was asked of a descriptor; closing it does so too.</summary>
    public void Forget(SafeHandle descriptor)
    {
        const int remove = 2; // EPOLL_CTL_DEL
        try
        {
            _ = Control(_epoll, remove, descriptor, null);
        }
        catch (ObjectDisposedException)
        {
            // It was closed at this moment.
        }
    }

    /// <summary>Waits until something has happened; gives how many entries tell of it.</summary>
    public int Wait(Entry* told, int most)
    {
        var raw = stackalloc byte[most * 16];
        var count = Wait(_epoll, raw, most, -1);
        if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            throw new IOException($"Waiting for descriptors failed (error {Marshal.GetLastPInvokeError()}).");
        for (var i = 0; i < count; i++)
        {
            var entry = raw + (i * (IsPacked ? 12 : 16));
            told[i] = new Entry(*(long*)(entry + (IsPacked ? 4 : 8)), *(Events*)entry);
        }

        return count;
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int epoll, int operation, SafeHandle descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int Wait(int epoll, byte* entries, int most, int milliseconds);

    /// <summary>What has happened to one of them.</summary>
    public readonly record struct Entry(long Id, Events Happened);
}
