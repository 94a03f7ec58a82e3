namespace Argosy.Sockets;

/// <summary>
/// Two programs show each other that they know the same key, without sending it: HMAC-SHA-256 over fresh nonces of both sides. It
/// authenticates the peer at this moment and encrypts nothing: where others can touch the wire, run it over TLS, or authenticate what
/// follows with the secret that it returns. The exact bytes are in docs/decisions/0006-hmac-challenge.md.
/// </summary>
public static class HmacChallenge
{
    /// <summary>The shortest key that is accepted, in bytes: whoever listens can try guesses, so the key must be random, no password.</summary>
    public const int MinKeyBytes = 16;

    private static readonly LengthFraming Framing = new(2, ChallengeMessages.MaxMessage);

    /// <summary>Challenges the client, checks its proof, and proves itself. The server speaks first.</summary>
    /// <param name="connection">A connection on which nothing has been said yet, or both sides know that this comes next.</param>
    /// <param name="key">What both sides know: at least <see cref="MinKeyBytes"/> random bytes.</param>
    /// <param name="deadline">When the exchange must be over, however slowly the peer's bytes come.</param>
    /// <param name="cancellation">Ends it before.</param>
    /// <returns>A secret of 32 bytes that only the two sides can compute and that is another one on each connection: it depends on the
    /// key and on both nonces.</returns>
    /// <exception cref="ChallengeException">The peer did not prove itself.</exception>
    /// <exception cref="TimeoutException">The deadline has passed. The connection can only be closed then, as after any failure here.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; as with the deadline.</exception>
    /// <exception cref="ConnectionException">The connection is broken.</exception>
    public static ValueTask<byte[]> ChallengeAsServerAsync(
        this IConnection connection, ReadOnlyMemory<byte> key, Deadline deadline, CancellationToken cancellation = default) =>
        RunAsync(connection, key, deadline, cancellation, ServeAsync);

    /// <summary>Answers the server's challenge, and checks that the server knows the key too.</summary>
    /// <inheritdoc cref="ChallengeAsServerAsync"/>
    public static ValueTask<byte[]> ChallengeAsClientAsync(
        this IConnection connection, ReadOnlyMemory<byte> key, Deadline deadline, CancellationToken cancellation = default) =>
        RunAsync(connection, key, deadline, cancellation, AnswerAsync);

    private static async ValueTask<byte[]> ServeAsync(FramedConnection frames, ReadOnlyMemory<byte> key, CancellationToken cancellation)
    {
        var challenge = ChallengeMessages.Challenge();
        await frames.WriteAsync(challenge, cancellation);
        var (response, proof) = ChallengeMessages.ReadResponse((await ReadAsync(frames, cancellation)).Span);
        var transcript = new ChallengeTranscript(key, challenge, response);
        ChallengeTranscript.Check(transcript.ClientProof(), proof);
        await frames.WriteAsync(ChallengeMessages.Confirm(transcript.ServerProof()), cancellation);
        return transcript.Secret();
    }

    private static async ValueTask<byte[]> AnswerAsync(FramedConnection frames, ReadOnlyMemory<byte> key, CancellationToken cancellation)
    {
        var challenge = (await ReadAsync(frames, cancellation)).ToArray();
        ChallengeMessages.CheckChallenge(challenge);
        var response = ChallengeMessages.Response();
        var transcript = new ChallengeTranscript(key, challenge, response);
        await frames.WriteAsync((byte[])[.. response, .. transcript.ClientProof()], cancellation);
        ChallengeTranscript.Check(transcript.ServerProof(), ChallengeMessages.ReadConfirm((await ReadAsync(frames, cancellation)).Span));
        return transcript.Secret();
    }

    private static async ValueTask<byte[]> RunAsync(
        IConnection connection, ReadOnlyMemory<byte> key, Deadline deadline, CancellationToken cancellation,
        Func<FramedConnection, ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> exchange)
    {
        if (key.Length < MinKeyBytes) throw new ArgumentException($"A key has at least {MinKeyBytes} bytes, all random.", nameof(key));
        var (read, write) = (connection.ReadDeadline, connection.WriteDeadline);
        connection.ReadDeadline = connection.WriteDeadline = deadline;
        try
        {
            using var frames = new FramedConnection(connection, Framing);
            try
            {
                return await exchange(frames, key, cancellation);
            }
            catch (ChallengeException e) when (e.Error != ChallengeError.Refused)
            {
                await TryRefuseAsync(frames);
                throw;
            }
        }
        finally
        {
            (connection.ReadDeadline, connection.WriteDeadline) = (read, write);
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(FramedConnection frames, CancellationToken cancellation)
    {
        try
        {
            return await frames.ReadAsync(cancellation) ?? throw new ChallengeException(
                ChallengeError.Refused, "The peer closed the connection during the challenge; check that both sides have the same key.");
        }
        catch (FramingException e)
        {
            throw ChallengeMessages.Malformed(e);
        }
    }

    /// <summary>So that an honest peer with the wrong key learns more than that the connection ended.</summary>
    private static async ValueTask TryRefuseAsync(FramedConnection frames)
    {
        try
        {
            await frames.WriteAsync(ChallengeMessages.Refusal);
        }
        catch (Exception e) when (e is ConnectionException or TimeoutException)
        {
            // It has gone, or reads nothing: it is refused all the same.
        }
    }
}
