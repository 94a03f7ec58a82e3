namespace Argosy.Kernel;

/// <summary>What a session sends and receives records by; nothing in it waits.</summary>
public interface ITlsTransport
{
    /// <summary>Takes what has arrived: a count, 0 at the end, or a negative errno, -EAGAIN when nothing has.</summary>
    int Receive(Span<byte> buffer);

    /// <summary>Sends what there is room for: a count, or a negative errno.</summary>
    int Send(ReadOnlySpan<byte> data);
}
