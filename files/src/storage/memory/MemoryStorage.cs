using System.Collections.Concurrent;

namespace Argosy.Files;

/// <summary>Homes in memory: for tests, and for a server whose files shall not outlive it. A home exists once it was opened.</summary>
public sealed class MemoryStorage : IStorage
{
    private readonly ConcurrentDictionary<string, MemoryTree> _homes = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<IHome> OpenHomeAsync(string place, bool followLinks, IOffload offload) =>
        new(new MemoryHome(_homes.GetOrAdd(place, static _ => new MemoryTree())));
}
