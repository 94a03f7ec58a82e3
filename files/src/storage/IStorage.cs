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
}
