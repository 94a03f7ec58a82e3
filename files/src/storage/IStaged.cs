using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>A file that is being written where nobody sees it. Disposing closes it: what has no upload id and was not published is discarded.</summary>
public interface IStaged : IAsyncDisposable
{
    /// <summary>Bytes that were there when it was opened, as far as its session may build on them.</summary>
    long Received { get; }

    /// <summary>Of these, bytes from the beginning that are known to be what was sent. The others came before the machine last started, or were
    /// written over by something else; they count once somebody has compared them (<see cref="Vouch"/>).</summary>
    long Trusted { get; }

    /// <summary>Part of what was received that the home's usage contains already; file count included.</summary>
    Usage Settled { get; }

    /// <summary>For the kernel to write to; null where there is none.</summary>
    SafeFileHandle? File { get; }

    /// <summary>Length of the file that stood at the path when this was staged; null where there was none.</summary>
    long? Replaces { get; }

    /// <summary>
    /// What is staged is wanted: an unfinished upload is known from here on, and emptied where its bytes cannot be gone on with. Disposed of before, it
    /// leaves everything as it was.
    /// </summary>
    ValueTask AcceptAsync();

    /// <summary>Writes all of <paramref name="data"/> at <paramref name="offset"/>.</summary>
    ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data);

    /// <summary>Reads what was written; 0 at the end.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer);

    /// <summary>Who sent them has compared these received bytes.</summary>
    void Vouch(long offset, long end);

    /// <summary>From this offset on, received bytes are no longer known to be what was sent.</summary>
    ValueTask DoubtAsync(long offset);

    /// <summary>Appends all of <paramref name="source"/> from <paramref name="offset"/>, at most <paramref name="count"/> bytes, without showing them; how many.</summary>
    ValueTask<long> CopyAsync(IContent source, long offset, long count);

    /// <summary>Publishes <paramref name="length"/> bytes atomically; the tally is told what is added less what is replaced.</summary>
    /// <returns>The entry under the name it got.</returns>
    ValueTask<FileEntry> PublishAsync(Publication how, long length, ITally tally);

    /// <summary>Keeps <paramref name="length"/> bytes as an unfinished upload; the tally is told what is newly settled.</summary>
    ValueTask KeepAsync(long length, ITally tally);

    /// <summary>Removes it; the tally is told what settled usage is freed.</summary>
    ValueTask DiscardAsync(ITally tally);
}
