using System.Runtime.CompilerServices;
using Argosy.Wire;

namespace Argosy.Client;

public sealed partial class FileClient
{
    /// <summary>How many places a pattern may mean; they are held in memory, to be sorted.</summary>
    internal int MostMatches { get; set; } = 1_000_000;

    /// <summary>
    /// The places that a path with wildcards means, sorted in each folder: <c>*</c>, <c>?</c>, <c>[a-z]</c> and <c>[!a-z]</c>, which stand for no
    /// slash and for no dot at a name's beginning. A path without them, or one that exists as it is written, means itself.
    /// </summary>
    /// <param name="pattern">The path.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Nothing where nothing matches.</returns>
    /// <exception cref="RefusedException">With the name <c>too-many</c>: more than a million places match; they would have to be held in memory.</exception>
    public async IAsyncEnumerable<RemotePath> ExpandAsync(
        RemotePath pattern, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (!RemotePattern.IsWild(pattern.Bytes.Span) || await StatAsync(pattern, cancellationToken: cancellationToken).ConfigureAwait(false) is not null)
        {
            yield return pattern;
            yield break;
        }

        var parts = new Queue<byte[]>();
        foreach (var part in pattern.Bytes.ToArray().AsSpan().Split((byte)'/'))
        {
            if (part.Start.Value < part.End.Value)
                parts.Enqueue(pattern.Bytes.Span[part].ToArray());
        }

        var count = 0;
        await foreach (var path in ExpandAsync(RemotePath.Root, parts.ToArray(), cancellationToken).ConfigureAwait(false))
            yield return ++count <= MostMatches ? path : throw TooMany();
    }

    private async IAsyncEnumerable<RemotePath> ExpandAsync(
        RemotePath folder, ArraySegment<byte[]> parts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (parts.Count == 0)
        {
            yield return folder;
            yield break;
        }

        List<RemotePath> found = RemotePattern.IsWild(parts[0])
            ? await MatchAsync(folder, new RemotePattern(parts[0]), isLast: parts.Count == 1, cancellationToken).ConfigureAwait(false)
            : [folder.Append(parts[0])];
        foreach (var path in found)
        {
            if (parts.Count == 1 && found.Count == 1 && await StatAsync(path, followLink: false, cancellationToken).ConfigureAwait(false) is null)
                yield break;
            await foreach (var inner in ExpandAsync(path, parts[1..], cancellationToken).ConfigureAwait(false))
                yield return inner;
        }
    }

    private async Task<List<RemotePath>> MatchAsync(RemotePath folder, RemotePattern pattern, bool isLast, CancellationToken stop)
    {
        var found = new List<RemotePath>();
        try
        {
            await foreach (var entry in ListAsync(folder, stop).ConfigureAwait(false))
            {
                if (pattern.Matches(entry.Name.Bytes.Span) && (isLast || entry.Kind is EntryKind.Folder or EntryKind.Link))
                    found.Add(found.Count < MostMatches ? folder.Append(entry.Name.Bytes) : throw TooMany());
            }
        }
        catch (RefusedException refused) when (refused.Error == WireError.NotFound.Name() || refused.Error == WireError.NotAFolder.Name())
        {
            // What is no folder holds nothing that could match.
        }

        found.Sort(static (left, right) => left.Bytes.Span.SequenceCompareTo(right.Bytes.Span));
        return found;
    }

    private RefusedException TooMany() => new("too-many", $"More than {MostMatches} places match. Name the folder itself, or say more of the names.");
}
