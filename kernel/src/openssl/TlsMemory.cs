using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using static Argosy.Kernel.OpenSsl;

namespace Argosy.Kernel;

/// <summary>
/// What a session's BIO reads and writes: records that have arrived and records that are to go out. The callbacks know no managed object, so
/// nothing in them can throw through OpenSSL's frames.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TlsMemory
{
    internal TlsQueue Arrived;
    internal TlsQueue Leaving;
    internal byte* HelloName; // the server_name extension of the ClientHello, for as long as the handshake
    internal int HelloNameLength;
    internal int MayAnswerHello;
    internal int Verdict; // on the peer's certificate: 0 none yet, 1 good, -1 bad
    internal int IsClient;
    internal fixed byte Id[SessionIdBytes];

    internal const int SessionIdBytes = 16;
    private const int Retry = 0x8; // BIO_FLAGS_SHOULD_RETRY
    private const int RetryFlags = 0xF;
    private const int ControlFlush = 11; // BIO_CTRL_FLUSH

    private static readonly nint Method = MakeMethod();

    internal static TlsMemory* Of(nint ssl) => (TlsMemory*)BIO_get_data(SSL_get_rbio(ssl));

    internal static nint NewBio(TlsMemory* memory)
    {
        var bio = BIO_new(Method);
        BIO_set_data(bio, memory);
        BIO_set_init(bio, 1);
        return bio;
    }

    private static nint MakeMethod()
    {
        fixed (byte* name = "argosy\0"u8)
        {
            var method = BIO_meth_new(0x400 | 100, name); // BIO_TYPE_SOURCE_SINK
            BIO_meth_set_read(method, &Read);
            BIO_meth_set_write(method, &Write);
            BIO_meth_set_ctrl(method, &Control);
            return method;
        }
    }

    [UnmanagedCallersOnly]
    private static int Read(nint bio, byte* buffer, int length)
    {
        ref var arrived = ref ((TlsMemory*)BIO_get_data(bio))->Arrived;
        BIO_clear_flags(bio, RetryFlags);
        if (arrived.Count == 0)
        {
            BIO_set_flags(bio, Retry | 1); // BIO_FLAGS_READ
            return -1;
        }

        var count = Math.Min(length, arrived.Count);
        new ReadOnlySpan<byte>(arrived.Start + arrived.From, count).CopyTo(new Span<byte>(buffer, count));
        arrived.From += count;
        return count;
    }

    [UnmanagedCallersOnly]
    private static int Write(nint bio, byte* data, int length)
    {
        ref var leaving = ref ((TlsMemory*)BIO_get_data(bio))->Leaving;
        BIO_clear_flags(bio, RetryFlags);
        leaving.MakeRoom(length);
        new ReadOnlySpan<byte>(data, length).CopyTo(new Span<byte>(leaving.Start + leaving.To, length));
        leaving.To += length;
        return length;
    }

    [UnmanagedCallersOnly]
    private static nint Control(nint bio, int command, nint number, nint pointer) => command == ControlFlush ? 1 : 0;
}

/// <summary>Bytes in the order in which they came, in memory that is held only while there are some.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TlsQueue
{
    internal const int Small = 32 * 1024;
    internal const int Large = 288 * 1024; // sixteen full records with what encryption adds, and room for one more

    private const int Kept = 32; // blocks of each size that wait for use

    private static readonly ConcurrentStack<nint> SmallBlocks = [];
    private static readonly ConcurrentStack<nint> LargeBlocks = [];

    internal byte* Start;
    internal int From;
    internal int To;
    internal int Size;

    internal readonly int Count => To - From;

    internal void MakeRoom(int length)
    {
        if (Size - To >= length) return;
        var start = Start;
        var (from, to, size) = (From, To, Size);
        var needed = to - from + length;
        Start = Rent(Math.Max(needed, size == 0 ? 0 : Large), out Size);
        new ReadOnlySpan<byte>(start + from, to - from).CopyTo(new Span<byte>(Start, Size));
        (From, To) = (0, to - from);
        Return(start, size);
    }

    /// <summary>Gives the memory back where there is nothing in it.</summary>
    internal void Trim()
    {
        if (Count == 0) Free();
    }

    internal void Free()
    {
        Return(Start, Size);
        this = default;
    }

    private static byte* Rent(int atLeast, out int size)
    {
        size = atLeast <= Small ? Small : atLeast <= Large ? Large : atLeast;
        var pool = size == Small ? SmallBlocks : LargeBlocks;
        return size <= Large && pool.TryPop(out var block) ? (byte*)block : (byte*)NativeMemory.Alloc((nuint)size);
    }

    private static void Return(byte* start, int size)
    {
        if (start is null) return;
        var pool = size == Small ? SmallBlocks : LargeBlocks;
        if (size <= Large && pool.Count < Kept) pool.Push((nint)start);
        else NativeMemory.Free(start);
    }
}
