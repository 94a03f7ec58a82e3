using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// One end of the socket pair between a parent and its worker. SOCK_SEQPACKET keeps messages apart and whole, carries descriptors
/// (unix(7), SCM_RIGHTS), and tells when the other side has died. Any thread may send; one receives.
/// </summary>
internal sealed unsafe class WorkerChannel : IDisposable
{
    /// <summary>The longest payload: far below what a socket's buffer takes at once.</summary>
    internal const int MaxPayload = 32 * 1024;

    private const int MaxDescriptors = 253; // SCM_MAX_FD
    private const int FamilyUnix = 1;
    private const int SequencedCloseOnExec = 5 | 0x80000; // SOCK_SEQPACKET | SOCK_CLOEXEC
    private const int SolSocket = 1;
    private const int Rights = 1; // SCM_RIGHTS
    private const int DontWaitNoSignal = 0x40 | 0x4000; // MSG_DONTWAIT | MSG_NOSIGNAL
    private const int ReceiveCloseOnExec = 0x40000000; // MSG_CMSG_CLOEXEC
    private const int Cut = 0x8 | 0x20; // MSG_CTRUNC | MSG_TRUNC
    private const int ShutWrite = 1;
    private const int ShutBoth = 2;

    private static readonly TimeSpan SendPatience = TimeSpan.FromSeconds(5);

    private readonly DescriptorHandle _socket;
    private readonly Lock _sending = new();
    private readonly byte[] _buffer = new byte[MaxPayload + 1];

    internal WorkerChannel(DescriptorHandle socket) => _socket = socket;

    /// <summary>A new pair. Both ends are closed on exec until <see cref="WorkerStart"/> lets the worker inherit its one.</summary>
    /// <exception cref="ConnectionException">No descriptors are left.</exception>
    internal static (WorkerChannel Parent, DescriptorHandle Worker) Pair()
    {
        var ends = stackalloc int[2];
        if (Libc.SocketPair(FamilyUnix, SequencedCloseOnExec, 0, ends) != 0)
            throw ConnectionErrors.FromErrno(Marshal.GetLastPInvokeError(), "Opening a channel to a worker process");
        return (new WorkerChannel(new DescriptorHandle(ends[0])), new DescriptorHandle(ends[1]));
    }

    /// <summary>True for a descriptor that can be one end of such a pair.</summary>
    internal static bool IsChannel(SafeHandle descriptor)
    {
        const int soType = 3, sequenced = 5;
        int value = 0, length = sizeof(int);
        return Libc.GetSocketOption(descriptor, SolSocket, soType, &value, &length) == 0 && value == sequenced;
    }

    /// <summary>
    /// Sends a message: 0, or a negative errno: EPIPE when the other side has gone. Waits a little while the other side's buffer is
    /// full; when it stays full nobody reads there, and the message counts as undeliverable.
    /// </summary>
    internal int Send(WorkerMessageKind kind, ReadOnlySpan<byte> payload = default, params ReadOnlySpan<SafeHandle> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, MaxPayload);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors);
        var since = Stopwatch.GetTimestamp();
        lock (_sending)
        {
            while (true)
            {
                var result = TrySend(kind, payload, descriptors);
                if (result != -Errno.EAGAIN || Stopwatch.GetElapsedTime(since) > SendPatience) return result;
                WaitWritable();
            }
        }
    }

    /// <summary>Waits for the next message. Never throws: whatever goes wrong, the channel is of no use any more.</summary>
    internal WorkerMessage Receive()
    {
        try
        {
            return TryReceive();
        }
        catch (ObjectDisposedException)
        {
            return WorkerMessage.Closed;
        }
    }

    /// <summary>Ends both directions: whoever waits in <see cref="Receive"/>, here or there, is told that it is closed.</summary>
    internal void Shutdown() => Shutdown(ShutBoth);

    /// <summary>Tells the other side that nothing more will come; it may still send.</summary>
    internal void ShutdownSending() => Shutdown(ShutWrite);

    private void Shutdown(int directions)
    {
        try
        {
            _ = Libc.Shutdown(_socket, directions);
        }
        catch (ObjectDisposedException)
        {
            // Closed already.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private int TrySend(WorkerMessageKind kind, ReadOnlySpan<byte> payload, ReadOnlySpan<SafeHandle> descriptors)
    {
        var held = 0;
        var numbers = stackalloc int[descriptors.Length];
        try
        {
            foreach (var descriptor in descriptors)
            {
                var taken = false;
                descriptor.DangerousAddRef(ref taken);
                numbers[held++] = (int)descriptor.DangerousGetHandle();
            }

            return Send(kind, payload, new ReadOnlySpan<int>(numbers, held));
        }
        catch (ObjectDisposedException)
        {
            return -Errno.EBADF;
        }
        finally
        {
            for (var i = 0; i < held; i++) descriptors[i].DangerousRelease();
        }
    }

    private int Send(WorkerMessageKind kind, ReadOnlySpan<byte> payload, ReadOnlySpan<int> descriptors)
    {
        var control = stackalloc byte[ControlSpace(descriptors.Length)];
        fixed (byte* start = payload)
        {
            var blocks = stackalloc DataBlock[2] { new() { Start = (byte*)&kind, Length = 1 }, new() { Start = start, Length = (nuint)payload.Length } };
            var message = new MessageHeader { Blocks = blocks, BlockCount = 2 };
            if (!descriptors.IsEmpty)
            {
                var length = sizeof(ControlHeader) + (descriptors.Length * sizeof(int));
                *(ControlHeader*)control = new ControlHeader { Length = (nuint)length, Level = SolSocket, Type = Rights };
                descriptors.CopyTo(new Span<int>(control + sizeof(ControlHeader), descriptors.Length));
                message.Control = control;
                message.ControlLength = (nuint)ControlSpace(descriptors.Length);
            }

            while (true)
            {
                if (Libc.SendMessage(_socket, &message, DontWaitNoSignal) >= 0) return 0;
                if (Marshal.GetLastPInvokeError() is var error && error != Errno.EINTR) return -error;
            }
        }
    }

    private WorkerMessage TryReceive()
    {
        var control = stackalloc byte[ControlSpace(MaxDescriptors)];
        fixed (byte* start = _buffer)
        {
            var block = new DataBlock { Start = start, Length = (nuint)_buffer.Length };
            while (true)
            {
                var message = new MessageHeader
                {
                    Blocks = &block,
                    BlockCount = 1,
                    Control = control,
                    ControlLength = (nuint)ControlSpace(MaxDescriptors),
                };
                var count = Libc.ReceiveMessage(_socket, &message, ReceiveCloseOnExec);
                if (count > 0) return new((WorkerMessageKind)start[0], _buffer[1..(int)count], Descriptors(message), (message.Flags & Cut) != 0);
                if (count == 0 || Marshal.GetLastPInvokeError() != Errno.EINTR) return WorkerMessage.Closed;
            }
        }
    }

    private static DescriptorHandle[] Descriptors(in MessageHeader message)
    {
        if (message.ControlLength < (nuint)sizeof(ControlHeader)) return [];
        var header = *(ControlHeader*)message.Control;
        if (header.Level != SolSocket || header.Type != Rights) return [];
        var numbers = new ReadOnlySpan<int>(message.Control + sizeof(ControlHeader), ((int)header.Length - sizeof(ControlHeader)) / sizeof(int));
        var handles = new DescriptorHandle[numbers.Length];
        for (var i = 0; i < handles.Length; i++) handles[i] = new DescriptorHandle(numbers[i]);
        return handles;
    }

    /// <summary>CMSG_SPACE of cmsg(3): whole words.</summary>
    private static int ControlSpace(int descriptors) =>
        descriptors == 0 ? 0 : sizeof(ControlHeader) + (((descriptors * sizeof(int)) + sizeof(nuint) - 1) / sizeof(nuint) * sizeof(nuint));

    private void WaitWritable()
    {
        var taken = false;
        try
        {
            _socket.DangerousAddRef(ref taken);
            var entry = new PollEntry { Descriptor = (int)_socket.DangerousGetHandle(), Asked = PollEvents.Write };
            _ = Libc.Poll(&entry, 1, 100);
        }
        finally
        {
            if (taken) _socket.DangerousRelease();
        }
    }
}
