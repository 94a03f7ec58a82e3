namespace Argosy.Client;

/// <summary>What is there already of a transfer that was cut. The same call goes on with it, unless it is discarded.</summary>
public sealed class UnfinishedPart
{
    private readonly Func<CancellationToken, Task> _discard;

    internal UnfinishedPart(string name, long bytes, long size, Func<CancellationToken, Task> discard) =>
        (Name, Bytes, Size, _discard) = (name, bytes, size, discard);

    /// <summary>The file that is not complete: a place on the server, or a local one. Safe to show.</summary>
    public string Name { get; }

    /// <summary>Bytes that are there.</summary>
    public long Bytes { get; }

    /// <summary>The whole file's bytes, as far as was known when it was cut.</summary>
    public long Size { get; }

    /// <summary>Removes what is there, so that the next transfer begins anew.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task DiscardAsync(CancellationToken cancellationToken = default) => _discard(cancellationToken);
}
