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

    private const int FamilyUnix = 1;
    private const int SequencedCloseOnExec = 5 | 0x80000; // SOCK_SEQPACKET | SOCK_CLOEXEC
    private const int SolSocket = 1;
    private const int DontWait = 0x40; // MSG_DONTWAIT
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
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, DescriptorPassing.MostAtOnce);
        var since = Stopwatch.GetTimestamp();
        lock (_sending)
        {
            while (true)
            {
                var result = DescriptorPassing.Send(_socket, [(byte)kind], payload, descriptors, DontWait);
                if (result >= 0) return 0;
                if (result != -Errno.EAGAIN || Stopwatch.GetElapsedTime(since) > SendPatience) return result;
                if (!TryWaitWritable()) return -Errno.EBADF;
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

    private WorkerMessage TryReceive()
    {
        var descriptors = new List<int>();
        var count = DescriptorPassing.Receive(_socket, _buffer, descriptors, out var isCut);
        return count > 0
            ? new((WorkerMessageKind)_buffer[0], _buffer[1..count], [.. descriptors.Select(each => new DescriptorHandle(each))], isCut)
            : WorkerMessage.Closed;
    }

    /// <summary>Waits a little. False: closed meanwhile, by the thread that listens to the worker, whose end is no surprise to whoever sends.</summary>
    private bool TryWaitWritable()
    {
        var taken = false;
        try
        {
            _socket.DangerousAddRef(ref taken);
            var entry = new PollEntry { Descriptor = (int)_socket.DangerousGetHandle(), Asked = PollEvents.Write };
            _ = Libc.Poll(&entry, 1, 100);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (taken) _socket.DangerousRelease();
        }
    }
}
