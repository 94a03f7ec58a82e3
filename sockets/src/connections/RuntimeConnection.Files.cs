using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <content>Files, moved by the kernel where it can.</content>
internal sealed partial class RuntimeConnection
{
    private const int FileSliceBytes = 4 * 1024 * 1024;

    public override async ValueTask<long> SendFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default)
    {
        if (!OperatingSystem.IsLinux()) return await FileCopy.SendAsync(this, file, offset, count, cancellation);
        ThrowIfWriteDue(cancellation);
        long sent = 0;
        byte[]? one = null;
        try
        {
            while (sent < count)
            {
                var moved = TrySendFile(file, offset + sent, Math.Min(count - sent, FileSliceBytes));
                if (moved is -Errno.EINVAL or -Errno.ENOSYS || (moved == -Errno.EBADF && !HasEnded)) // copying works, or says why not
                    return sent + await FileCopy.SendAsync(this, file, offset + sent, count - sent, cancellation);
                if (moved == -Errno.EAGAIN)
                {
                    one ??= new byte[1];
                    moved = FileCopy.Read(file, one, offset + sent);
                    if (moved > 0) moved = await SendOneAsync(one, cancellation);
                }
                else if (moved < 0)
                {
                    throw ConnectionErrors.FromErrno((int)-moved, $"Sending a file to {PeerName}");
                }
                else if (moved == 0)
                {
                    break;
                }

                sent += moved;
                BulkPart.Current?.Charge(moved);
                if (BulkPart.Current is { IsTurnOver: true }) await BulkPart.YieldAsync();
                if (sent < count) ThrowIfWriteDue(cancellation);
            }

            return sent;
        }
        catch when (sent > 0)
        {
            CutWrite();
            throw;
        }
    }

    public override async ValueTask<long> ReceiveToFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default)
    {
        long received = 0;
        if (OperatingSystem.IsLinux() && count >= SplicePipe.WorthwhileBytes) received = await SpliceAsync(file, offset, count, cancellation);

        // What splicing left: nothing, a refusing file, the end of the stream, or a failure that shows again here.
        if (received == count) return received;
        try
        {
            return received + await FileCopy.ReceiveAsync(this, file, offset + received, count - received, cancellation);
        }
        catch (Exception) when (received > 0)
        {
            return received;
        }
    }

    /// <summary>Splices until done, or until copying should take over, which meets and explains whatever is in the way.</summary>
    private async ValueTask<long> SpliceAsync(SafeFileHandle file, long offset, long count, CancellationToken cancellation)
    {
        long received = 0;
        while (received < count && PushedBack.IsEmpty && !IsReadDue(cancellation) && SplicePipe.Rent() is { } pipe)
        {
            bool isDry;
            using (pipe) isDry = SpliceOn(pipe, file, offset, count, ref received, cancellation);

            // Without the pipe: a slow peer holds no descriptors but its own.
            if (!isDry || !await TryWaitForInputAsync(cancellation)) break;
        }

        return received;
    }

    /// <summary>True when nothing more has arrived yet; false where splicing has nothing more to do here.</summary>
    private bool SpliceOn(SplicePipe pipe, SafeFileHandle file, long offset, long count, ref long received, CancellationToken cancellation)
    {
        while (received < count && !IsReadDue(cancellation))
        {
            var taken = TrySplice(pipe, count - received);
            if (taken <= 0) return taken == -Errno.EAGAIN;
            var moved = pipe.TryEmpty(file, offset + received, out var written);
            received += written;
            if (moved) continue;
            Unread(pipe.TakeBack());
            return false;
        }

        return false;
    }

    private bool IsReadDue(CancellationToken cancellation) => HasEnded || cancellation.IsCancellationRequested || ReadDeadline.HasPassed;

    private async ValueTask<bool> TryWaitForInputAsync(CancellationToken cancellation)
    {
        var either = _reading.Begin(cancellation);
        try
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, either);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException || IsFailure(e))
        {
            return false;
        }
        finally
        {
            _reading.End();
        }
    }

    private long TrySendFile(SafeFileHandle file, long offset, long count)
    {
        try
        {
            return NativeSocket.SendFile(_socket.SafeHandle, file, offset, count);
        }
        catch (ObjectDisposedException) when (HasEnded)
        {
            return -Errno.EBADF;
        }
    }

    private long TrySplice(SplicePipe pipe, long count)
    {
        try
        {
            return pipe.Fill(_socket.SafeHandle, count);
        }
        catch (ObjectDisposedException)
        {
            return -Errno.EBADF;
        }
    }
}
