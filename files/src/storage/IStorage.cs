namespace Argosy.Files;

/// <summary>Where file content lives: a local disk, memory, later an object store. Nothing above assumes a local file.</summary>
public interface IStorage
{
    /// <summary>Opens a home for one session; several may have the same one open.</summary>
    /// <param name="place">What the account calls its home: for local storage an absolute path on this machine.</param>
    /// <param name="followLinks">False where no link may be followed, not even one that stays in the home.</param>
    /// <param name="offload">Where the session's blocking work runs.</param>
    /// <exception cref="FileException"><see cref="FileError.Storage"/>: there is no such home.</exception>
    ValueTask<IHome> OpenHomeAsync(string place, bool followLinks, IOffload offload);

    /// <summary>Opens a home to tidy up in it, without making anything; null where it is not there, or nothing was ever staged for it.</summary>
    async ValueTask<IHome?> OpenIfUsedAsync(string place, IOffload offload) => await OpenHomeAsync(place, followLinks: false, offload);

    /// <summary>Removes what was staged for homes that are none of these: unfinished uploads untouched since <paramref name="expired"/>, and whatever
    /// processes that are gone left behind.</summary>
    /// <param name="places">All homes that are served.</param>
    /// <param name="expired">The age, as a time.</param>
    /// <param name="offload">Where blocking work runs.</param>
    ValueTask SweepStraysAsync(IReadOnlyCollection<string> places, DateTime expired, IOffload offload) => default;
}
