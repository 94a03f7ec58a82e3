using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// Descriptors beside bytes on a Unix socket: SCM_RIGHTS of unix(7). The receiver gets descriptors of its own for the same sockets.
/// </summary>
internal static unsafe class DescriptorPassing
{
    /// <summary>How many one message may carry: SCM_MAX_FD.</summary>
    internal const int MostAtOnce = 253;

    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int CloseOnExec = 0x40000000; // MSG_CMSG_CLOEXEC
    private const int Cut = 0x8 | 0x20; // MSG_CTRUNC | MSG_TRUNC

    /// <summary>
    /// Sends two runs of bytes as one, at least one byte in all, and descriptors with the first of them: the count of bytes, or a
    /// negative errno; EBADF where a descriptor is closed already. The flags are added to MSG_NOSIGNAL.
    /// </summary>
    internal static int Send(
        SafeHandle socket, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<SafeHandle> descriptors, int flags = 0)
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

            return Send(socket, head, body, new ReadOnlySpan<int>(numbers, held), flags);
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

    /// <summary>
    /// Receives bytes and adds the descriptors that came with them, closed on exec, which are the caller's from then on: the count of
    /// bytes, 0 at the end, or a negative errno. It is cut where there was no room for all, or this process may open no more.
    /// </summary>
    internal static int Receive(SafeHandle socket, Span<byte> buffer, List<int> descriptors, out bool isCut)
    {
        var control = stackalloc byte[ControlSpace(MostAtOnce)];
        fixed (byte* start = buffer)
        {
            var block = new DataBlock { Start = start, Length = (nuint)buffer.Length };
            while (true)
            {
                var message = new MessageHeader
                {
                    Blocks = &block,
                    BlockCount = 1,
                    Control = control,
                    ControlLength = (nuint)ControlSpace(MostAtOnce),
                };
                var count = Libc.ReceiveMessage(socket, &message, CloseOnExec);
                if (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR) continue;
                isCut = count >= 0 && (message.Flags & Cut) != 0;
                if (count < 0) return -Marshal.GetLastPInvokeError();
                Collect(message, descriptors);
                return (int)count;
            }
        }
    }

    private static int Send(SafeHandle socket, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<int> descriptors, int flags)
    {
        var control = stackalloc byte[ControlSpace(descriptors.Length)];
        fixed (byte* first = head, second = body)
        {
            var blocks = stackalloc DataBlock[2]
            {
                new() { Start = first, Length = (nuint)head.Length }, new() { Start = second, Length = (nuint)body.Length },
            };
            var message = new MessageHeader { Blocks = blocks, BlockCount = 2 };
            if (!descriptors.IsEmpty)
            {
                var length = sizeof(ControlHeader) + (descriptors.Length * sizeof(int));
                *(ControlHeader*)control = new ControlHeader { Length = (nuint)length, Level = SolSocket, Type = ScmRights };
                descriptors.CopyTo(new Span<int>(control + sizeof(ControlHeader), descriptors.Length));
                message.Control = control;
                message.ControlLength = (nuint)ControlSpace(descriptors.Length);
            }

            while (true)
            {
                var count = Libc.SendMessage(socket, &message, NoSignal | flags);
                if (count >= 0) return (int)count;
                if (Marshal.GetLastPInvokeError() is var error && error != Errno.EINTR) return -error;
            }
        }
    }

    /// <summary>The kernel puts all descriptors of a message into one control message, and no other kind was asked for.</summary>
    private static void Collect(in MessageHeader message, List<int> descriptors)
    {
        if (message.ControlLength < (nuint)sizeof(ControlHeader)) return;
        var header = *(ControlHeader*)message.Control;
        if (header.Level != SolSocket || header.Type != ScmRights) return;
        descriptors.AddRange(
            new ReadOnlySpan<int>(message.Control + sizeof(ControlHeader), ((int)header.Length - sizeof(ControlHeader)) / sizeof(int)));
    }

    /// <summary>CMSG_SPACE of cmsg(3): whole words.</summary>
    private static int ControlSpace(int descriptors) =>
        descriptors == 0 ? 0 : sizeof(ControlHeader) + (((descriptors * sizeof(int)) + sizeof(nuint) - 1) / sizeof(nuint) * sizeof(nuint));
}
