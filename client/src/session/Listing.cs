using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// A body of lines. It is received and verified as a whole before the first line is given out: nothing unverified is seen, and whoever
/// reads slowly, or asks something else meanwhile, holds nobody up. Long ones wait on disk.
/// </summary>
/// <param name="describe">The request with the id that it is given.</param>
/// <param name="isLong">True where lines cost the server work.</param>
/// <param name="count">Shown each line as it comes, before anything is verified: good for a progress bar and nothing else.</param>
internal sealed class Listing(Func<long, Request> describe, bool isLong = false, Action<ListLine>? count = null) : Exchange<Spool>
{
    private readonly ListDecoder _decoder = new();
    private bool _isCounted = count is not null;

    private readonly Spool _spool = new();
    private Crc32C _sum;

    /// <summary>The reply before the lines.</summary>
    public Reply? Head { get; private set; }


    public override bool ExpectsBody => true;

    public override TimeSpan Patience(TimeSpan silence) => isLong ? 20 * silence : silence;

    public override Request Describe(long id) => describe(id);

    public override void Accept(Reply reply)
    {
        Head = reply;
        if (!reply.Body.IsChunked)
            throw new NotVerifiedException("The server's listing has a length in advance, which no listing has. Try again.");
    }

    public override async ValueTask ReceiveAsync(ReadOnlyMemory<byte> piece)
    {
        _sum.Append(piece.Span);
        if (_isCounted)
            Count(piece.Span);
        await _spool.AppendAsync(piece).ConfigureAwait(false);
    }

    public override void Finish(Trailer? trailer)
    {
        if (trailer?.Crc32C == _sum.Value && trailer.Count is { } count)
        {
            _spool.Complete(count);
            Succeed(_spool);
        }
        else
        {
            Fail(new NotVerifiedException("The listing's checksum is wrong: something changed it on the way. List again."));
        }

        if (Outcome.IsCanceled || Outcome.IsFaulted)
            _spool.Dispose();
    }

    public override void Fail(Exception exception)
    {
        base.Fail(exception);
        _spool.Dispose();
    }

    private void Count(ReadOnlySpan<byte> piece)
    {
        try
        {
            while (!piece.IsEmpty)
            {
                if (_decoder.Read(piece, out var consumed) is { } line)
                    count!(line);
                piece = piece[consumed..];
            }
        }
        catch (WireException)
        {
            // Whoever reads the lines says so.
            _isCounted = false;
        }
    }
}
