using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>
/// One stream connection, the same under every concurrency model. At most one read and one write may be
/// under way at a time; a read and a write may run side by side.
/// </summary>
/// <remarks>
/// Under a blocking model every operation has completed when the call returns. Under the others it completes
/// where the model runs its handlers. Failures are <see cref="ConnectionException"/>; a passed deadline is
/// <see cref="TimeoutException"/> and leaves the connection usable.
/// </remarks>
public interface IConnection : IAsyncDisposable
{
    /// <summary>Our side's address, or null where the transport has none, or where nobody asked before the connection ended.</summary>
    EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's address, or null where the transport has none (an unnamed Unix socket).</summary>
    EndPoint? RemoteEndPoint { get; }

    /// <summary>Who is at the other end of a Unix socket (SO_PEERCRED); null on other transports.</summary>
    PeerCredentials? PeerCredentials { get; }

    /// <summary>True when bytes leave this process unencrypted, so that the kernel may move file content itself.</summary>
    bool IsPlain { get; }

    /// <summary>
    /// True when nobody is left to answer: the peer has reset the connection or vanished, both directions are closed, or it was ended here. Whoever
    /// works for a client for long asks it now and then. A peer that has finished sending may still read: that is no hang-up. Bytes that arrived
    /// before may still be read. It costs one system call and never waits; any thread may ask. A peer that closed in good order is known to have
    /// left only once something was written to it. Where the system does not tell (other than Linux), only an end here counts.
    /// </summary>
    bool HasHungUp { get; }

    /// <summary>When reads fail with <see cref="TimeoutException"/>. Setting it also applies to a read under way.</summary>
    Deadline ReadDeadline { get; set; }

    /// <summary>When writes fail with <see cref="TimeoutException"/>. Setting it also applies to a write under way.</summary>
    Deadline WriteDeadline { get; set; }

    /// <summary>
    /// Reads what has arrived, at least one byte; 0 means that the peer has finished sending. With an empty buffer it waits until a
    /// read would not wait, and returns 0.
    /// </summary>
    /// <exception cref="ConnectionException">The connection is broken.</exception>
    /// <exception cref="TimeoutException"><see cref="ReadDeadline"/> has passed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the connection stays usable and no byte is lost.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default);

    /// <summary>Puts bytes back in front of what the next read returns. They are copied.</summary>
    void Unread(ReadOnlySpan<byte> bytes);

    /// <summary>Writes all of <paramref name="data"/>. A cancelled write may have sent a part: the connection is then broken.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default);

    /// <summary>
    /// Sends <paramref name="count"/> bytes of a file from <paramref name="offset"/>; by sendfile(2) where <see cref="IsPlain"/>.
    /// Returns the bytes sent: fewer than asked only where the file ended early.
    /// </summary>
    ValueTask<long> SendFileAsync(SafeFileHandle file, long offset, long count, CancellationToken cancellation = default);

    /// <summary>
    /// Receives up to <paramref name="count"/> bytes into a file at <paramref name="offset"/>; by splice(2) where it helps.
    /// Returns the bytes received: fewer than asked where the peer finished sending, or where something else cut the transfer short
    /// (a deadline, cancellation, a broken connection, a full disk). It throws only when not one byte was received, so the caller
    /// always knows how far the file goes; the next read or receive meets the end or the failure again.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written. No byte of the stream is lost: the next read begins with the first
    /// that was not written.</exception>
    ValueTask<long> ReceiveToFileAsync(SafeFileHandle file, long offset, long count, CancellationToken cancellation = default);

    /// <summary>Half-close: the peer reads to the end of what was written, then end of stream. Reading goes on.</summary>
    ValueTask ShutdownWriteAsync();

    /// <summary>
    /// Lingering close: half-close, discard what the peer still sends until it closes or the time is over, close. A peer
    /// that is still sending can then read our last words, which a plain close with unread bytes would destroy (RST).
    /// </summary>
    ValueTask LingerAsync(TimeSpan limit);

    /// <summary>Ends the connection at once with a reset, waking whoever waits on it. Any thread may call this.</summary>
    void Abort();
}
