using System.Buffers;
using System.Net.Sockets;
using Argosy.Kernel;

namespace Argosy.Client;

/// <summary>
/// A connection under TLS by OpenSSL's own interface: one receive serves many records, and many records leave by one send. One reads and one writes at
/// a time; each direction may wait as a task or, while a large body moves, on a thread of its own (<see cref="OpenSslLine"/>).
/// </summary>
/// <param name="socket">Closed with the stream.</param>
/// <param name="engine">Its session.</param>
internal sealed class OpenSslStream(Socket socket, TlsEngine engine) : Stream
{
    private readonly ArrayBufferWriter<byte> _gathered = new();
    private IOException? _failure;
    private bool _isSending;

    /// <summary>The session.</summary>
    public TlsEngine Engine => engine;

    /// <summary>The connection beneath.</summary>
    public Socket Socket => socket;

    /// <summary>Receives what has come. What reading has to answer leaves with the next bytes that are written, so it cannot part those under way.</summary>
    public ITlsTransport Receiving => field ??= new ReceivingTransport(socket);

    /// <summary>As <see cref="Receiving"/>; what is to be sent is kept for <see cref="SendGatheredAsync"/>.</summary>
    public ITlsTransport Gathering => field ??= new GatheringTransport(socket, _gathered);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        while ((count = TakeNow(buffer.Span)) < 0)
            await WaitForBytesAsync(cancellationToken).ConfigureAwait(false);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var (step, count) = engine.Write(Gathering, buffer.Span);
            await SendGatheredAsync(cancellationToken).ConfigureAwait(false);
            if (step != TlsStep.Done)
                throw Broken(step);
            buffer = buffer[count..];
        }
    }

    /// <summary>What has come and can be read: how many bytes, 0 at the end of the stream, or -1 where nothing has.</summary>
    /// <exception cref="IOException">The connection is broken. What came before that is given first.</exception>
    public int TakeNow(Span<byte> buffer)
    {
        if (_failure is not null)
            throw _failure;
        var (step, count) = engine.Read(Receiving, buffer);
        if (step is TlsStep.Failed or TlsStep.TransportFailed)
            _failure = Broken(step);
        return count > 0 || step is TlsStep.Done or TlsStep.Closed or TlsStep.Ended ? count : step == TlsStep.WantRead ? -1 : throw _failure!;
    }

    /// <summary>Waits until something has come; the socket is looked at and not read.</summary>
    public async ValueTask WaitForBytesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // Whoever reads now hears of it.
        }
    }

    /// <summary>Sends what was gathered.</summary>
    public async ValueTask SendGatheredAsync(CancellationToken cancellationToken)
    {
        _isSending = true;
        for (var at = 0; at < _gathered.WrittenCount;)
        {
            try
            {
                at += await socket.SendAsync(_gathered.WrittenMemory[at..], SocketFlags.None, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException exception)
            {
                throw new IOException("The connection is broken.", exception);
            }
        }

        _gathered.ResetWrittenCount();
        _isSending = false;
    }

    /// <summary>Why a step did not succeed.</summary>
    public IOException Broken(TlsStep step) => new(step == TlsStep.TransportFailed
        ? $"The connection is broken (error {engine.Errno})."
        : $"The connection is broken: {engine.Error}.");

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // The end is said (RFC 8446, section 6.1) where no record is half sent, and as far as there is room.
        if (disposing && !_isSending)
            engine.Shutdown(new DirectTransport(socket));
        socket.Dispose();
        engine.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The socket as it is.</summary>
    internal class DirectTransport(Socket socket) : ITlsTransport
    {
        public int Receive(Span<byte> buffer) => Posix.Receive(socket.SafeHandle, buffer);

        public virtual int Send(ReadOnlySpan<byte> data) => Posix.Send(socket.SafeHandle, data);
    }

    private sealed class ReceivingTransport(Socket socket) : DirectTransport(socket)
    {
        public override int Send(ReadOnlySpan<byte> data) => Posix.TryAgain;
    }

    private sealed class GatheringTransport(Socket socket, ArrayBufferWriter<byte> gathered) : DirectTransport(socket)
    {
        public override int Send(ReadOnlySpan<byte> data)
        {
            gathered.Write(data);
            return data.Length;
        }
    }
}
