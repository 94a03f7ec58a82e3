using System.Net.Sockets;
using Argosy.Kernel;

namespace Argosy.Client;

/// <summary>
/// A connection under TLS by OpenSSL's own interface: one receive serves many records, and many records leave by one send. One reads and one writes at
/// a time; while a large body moves, each direction may be another thread's (<see cref="OpenSslLine"/>).
/// </summary>
/// <param name="socket">Not blocking; closed with the stream.</param>
/// <param name="engine">The session.</param>
internal sealed class OpenSslStream(Socket socket, TlsEngine engine) : SocketStream(socket), ITlsTransport
{
    private IOException? _failure;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        while ((count = TakeNow(buffer.Span)) < 0)
            await WaitAsync(Posix.Readable, cancellationToken).ConfigureAwait(false);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!GiveNow(ref buffer))
            await WaitAsync(Posix.Writable, cancellationToken).ConfigureAwait(false);
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();

    /// <summary>The handshake, up to the peer's certificate.</summary>
    /// <exception cref="TlsException">The two cannot agree.</exception>
    /// <exception cref="IOException">The connection ended or failed.</exception>
    public async Task AgreeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (engine.Handshake(this))
            {
                case TlsStep.Done:
                    return;
                case TlsStep.WantRead:
                    await WaitAsync(Posix.Readable, cancellationToken).ConfigureAwait(false);
                    break;
                case TlsStep.WantWrite:
                    await WaitAsync(Posix.Writable, cancellationToken).ConfigureAwait(false);
                    break;
                case TlsStep.WantJudgement:
                    engine.Judge(true); // What is shown is judged when the handshake is over, since somebody may have to be asked.
                    break;
                case TlsStep.Failed:
                    throw new TlsException(engine.Error) { Alert = engine.Alert };
                default:
                    throw new IOException("The connection ended during the handshake.");
            }
        }
    }

    /// <summary>What has come and can be read: how many bytes, 0 at the end of the stream, or -1 where nothing has.</summary>
    /// <exception cref="IOException">The connection is broken. What came before that is given first.</exception>
    public int TakeNow(Span<byte> buffer)
    {
        if (_failure is not null)
            throw _failure;
        var (step, count) = engine.Read(this, buffer);
        if (step is TlsStep.Failed or TlsStep.TransportFailed)
            _failure = Broken(step);
        return count > 0 || step is TlsStep.Done or TlsStep.Closed or TlsStep.Ended ? count : step == TlsStep.WantRead ? -1 : throw _failure!;
    }

    /// <summary>Encrypts and sends what there is room for; gives how many bytes were taken, and whether everything that was taken has left.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    public (int Count, bool HasLeft) GiveNow(ReadOnlySpan<byte> bytes)
    {
        var (step, count) = engine.Write(this, bytes);
        return step is TlsStep.Done or TlsStep.WantWrite ? (count, step == TlsStep.Done) : throw Broken(step);
    }

    int ITlsTransport.Receive(Span<byte> buffer) => Posix.Receive(Socket.SafeHandle, buffer);

    int ITlsTransport.Send(ReadOnlySpan<byte> data) => Posix.Send(Socket.SafeHandle, data);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            SayGoodbye();
        base.Dispose(disposing);
        engine.Dispose();
    }

    private bool GiveNow(ref ReadOnlyMemory<byte> buffer)
    {
        while (true)
        {
            var (count, hasLeft) = GiveNow(buffer.Span);
            buffer = buffer[count..];
            if (!hasLeft || buffer.IsEmpty)
                return hasLeft;
        }
    }

    // The end is told (RFC 8446, section 6.1), as far as there is room for it.
    private void SayGoodbye()
    {
        try
        {
            engine.Shutdown(this);
        }
        catch (ObjectDisposedException)
        {
            // The socket is closed already.
        }
    }

    private IOException Broken(TlsStep step) =>
        step == TlsStep.TransportFailed ? Broken(-engine.Errno) : new IOException($"The connection is broken: {engine.Error}.");
}
