using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// A body of lines. It is received and verified as a whole before the first line is given out: nothing unverified is seen, and whoever
/// reads slowly, or asks something else meanwhile, holds nobody up. Long ones wait on disk.
/// </summary>
/// <param name="describe">The request with the id that it is given.</param>
/// <param name="isLong">True where lines cost the server work.</param>
/// <param name="count">Shown each line as it comes, before anything is verified: good for a progress bar and nothing else.</param>
/// <param name="most">How many bytes it may have; beyond, it does not end.</param>
internal sealed class Listing(
    Func<long, Request> describe, bool isLong = false, Action<ListLine>? count = null, long most = Spool.Most) : Exchange<Spool>
{
    private readonly ListDecoder _decoder = new();
    private readonly Spool _spool = new(most);
    private bool _isCounted = count is not null;
    private Crc32C _sum;

    /// <summary>The reply before the lines.</summary>
    public Reply? Head { get; private set; }

    /// <summary>True where nothing of it is kept.</summary>
    public bool IsEmpty => _spool.IsEmpty;

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
        if (Outcome.IsCompleted)
        {
            // Nobody wants the rest, which may be long.
            _spool.Dispose();
        }

        _sum.Append(piece.Span);
        if (_isCounted)
            Count(piece.Span);
        try
        {
            await _spool.AppendAsync(piece).ConfigureAwait(false);
        }
        catch (LocalFileException exception)
        {
            // The disk here is not the server's fault, and others can go on.
            Fail(new LocalFileException(
                exception.Fault, "", $"A long listing has to wait on this machine's disk, and cannot. {exception.Message}. Set TMPDIR to a folder with room.", exception));
        }
    }

    public override void Finish(Trailer? trailer)
    {
        if (Outcome.IsCompleted)
        {
            _spool.Dispose();
        }
        else if (trailer?.Crc32C == _sum.Value && trailer.Count is { } count)
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
