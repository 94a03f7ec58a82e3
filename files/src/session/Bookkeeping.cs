namespace Argosy.Files;

/// <summary>
/// Asks the ledger. One that cannot be locked, grown or used any more is a failure of the storage to whoever works with files, and no exception
/// of another kind may pass by those who clean up after refusals.
/// </summary>
internal static class Bookkeeping
{
    /// <summary>Runs <paramref name="entry"/> and returns its result.</summary>
    /// <exception cref="FileException"><see cref="FileError.Storage"/>: the ledger failed.</exception>
    public static T Try<T>(Func<T> entry)
    {
        try
        {
            return entry();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new FileException(FileError.Storage, StorageText.NoBookkeeping, failed);
        }
    }

    /// <inheritdoc cref="Try{T}"/>
    public static void Try(Action entry) => Try(() =>
    {
        entry();
        return true;
    });
}
