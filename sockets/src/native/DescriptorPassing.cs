using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// Descriptors beside bytes on a Unix stream socket: SCM_RIGHTS of unix(7). The receiver gets descriptors of its own for the same sockets.
/// </summary>
/// <remarks>A control message: <c>size_t</c> length including this header, <c>int</c> level, <c>int</c> type, then one <c>int</c> each
/// (cmsg(3)), padded to the word.</remarks>
internal static unsafe class DescriptorPassing
{
    /// <summary>How many one message may carry: SCM_MAX_FD.</summary>
    internal const int MostAtOnce = 253;

    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int CloseOnExec = 0x40000000; // MSG_CMSG_CLOEXEC
    private const int ControlTruncated = 0x8; // MSG_CTRUNC
    private const int EMSGSIZE = 90;

    private static int HeaderBytes => sizeof(nuint) + (2 * sizeof(int));

    /// <summary>Sends bytes, at least one, and descriptors with the first of them: the count of bytes, or a negative errno.</summary>
    internal static int Send(SafeHandle socket, ReadOnlySpan<byte> data, IReadOnlyList<SafeHandle> descriptors)
    {
        var held = new List<SafeHandle>();
        try
        {
            var control = new byte[HeaderBytes + Padded(descriptors.Count * sizeof(int))];
            MemoryMarshal.Write(control, (nuint)(HeaderBytes + (descriptors.Count * sizeof(int))));
            MemoryMarshal.Write(control.AsSpan(sizeof(nuint)), SolSocket);
            MemoryMarshal.Write(control.AsSpan(sizeof(nuint) + sizeof(int)), ScmRights);
            for (var i = 0; i < descriptors.Count; i++)
            {
                var isHeld = false;
                descriptors[i].DangerousAddRef(ref isHeld);
                held.Add(descriptors[i]);
                MemoryMarshal.Write(control.AsSpan(HeaderBytes + (i * sizeof(int))), (int)descriptors[i].DangerousGetHandle());
            }

            return Send(socket, data, descriptors.Count > 0 ? control : []);
        }
        finally
        {
            foreach (var each in held) each.DangerousRelease();
        }
    }

    /// <summary>
    /// Receives bytes and adds the descriptors that came with them, closed on exec: the count of bytes, 0 at the end, or a negative errno;
    /// EMSGSIZE where more descriptors came than one message may carry, or than this process may open.
    /// </summary>
    internal static int Receive(SafeHandle socket, Span<byte> buffer, List<int> descriptors)
    {
        var control = stackalloc byte[HeaderBytes + Padded(MostAtOnce * sizeof(int))];
        fixed (byte* start = buffer)
        {
            var part = new DescriptorMessagePart { Start = start, Length = (nuint)buffer.Length };
            while (true)
            {
                var message = new DescriptorMessage
                {
                    Parts = &part,
                    PartCount = 1,
                    Control = control,
                    ControlLength = (nuint)(HeaderBytes + Padded(MostAtOnce * sizeof(int))),
                };
                var count = Libc.ReceiveDescriptors(socket, ref message, CloseOnExec);
                if (count >= 0)
                {
                    Collect(new ReadOnlySpan<byte>(control, (int)message.ControlLength), descriptors);
                    return (message.Flags & ControlTruncated) == 0 ? (int)count : -EMSGSIZE;
                }

                if (Marshal.GetLastPInvokeError() is var error && error != Errno.EINTR) return -error;
            }
        }
    }

    private static int Send(SafeHandle socket, ReadOnlySpan<byte> data, byte[] control)
    {
        fixed (byte* start = data, extra = control)
        {
            var part = new DescriptorMessagePart { Start = start, Length = (nuint)data.Length };
            var message = new DescriptorMessage { Parts = &part, PartCount = 1, Control = extra, ControlLength = (nuint)control.Length };
            while (true)
            {
                var count = Libc.SendDescriptors(socket, message, NoSignal);
                if (count >= 0) return (int)count;
                if (Marshal.GetLastPInvokeError() is var error && error != Errno.EINTR) return -error;
            }
        }
    }

    private static void Collect(ReadOnlySpan<byte> control, List<int> descriptors)
    {
        while (control.Length >= HeaderBytes)
        {
            var length = (int)MemoryMarshal.Read<nuint>(control);
            var (level, type) = (MemoryMarshal.Read<int>(control[sizeof(nuint)..]), MemoryMarshal.Read<int>(control[(sizeof(nuint) + sizeof(int))..]));
            if (level == SolSocket && type == ScmRights) descriptors.AddRange(MemoryMarshal.Cast<byte, int>(control[HeaderBytes..length]));
            control = control[Math.Min(control.Length, Padded(length))..];
        }
    }

    private static int Padded(int bytes) => (bytes + sizeof(nuint) - 1) & ~(sizeof(nuint) - 1);
}
