using System.Runtime.InteropServices;
using Argosy.Cli.Messages;

namespace Argosy.Cli.Output;

/// <summary>
/// Bytes to an open descriptor, by write(2) where it stands: files that others write to as well keep what those have written. What it takes it
/// takes whole.
/// </summary>
/// <param name="descriptor">Where to. Stays open.</param>
/// <param name="isBrokenPipeTold">False: nothing is said when nobody reads any more, as most programs do; what is written then is lost.</param>
internal sealed partial class DescriptorOutput(int descriptor, bool isBrokenPipeTold = false) : OutputStream
{
    private bool _isUnread;

    /// <exception cref="OutputException">It takes nothing.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty && !_isUnread)
        {
            var count = Write(descriptor, ref MemoryMarshal.GetReference(buffer), buffer.Length);
            if (count >= 0)
                buffer = buffer[(int)count..];
            else
                Overcome(Marshal.GetLastPInvokeError());
        }
    }

    // Elsewhere: an output that takes nothing for a while must not hold the caller's thread.
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await Task.Run(() => Write(buffer.Span), cancellationToken);

    private void Overcome(int error)
    {
        switch (error)
        {
            case Errno.Interrupted:
                return;
            case Errno.WouldBlock:
                // Somebody else who has it open made it non-blocking: wait for room.
                Readiness.Wait(descriptor, Readiness.Writable);
                return;
            case Errno.BrokenPipe when !isBrokenPipeTold:
                _isUnread = true;
                return;
            default:
                throw new OutputException(error);
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ref byte bytes, nint count);
}
