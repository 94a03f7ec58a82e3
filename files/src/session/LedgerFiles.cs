using Argosy.Ledger;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>Opens what is counted among processes: usage and bans.</summary>
internal static class LedgerFiles
{
    /// <exception cref="FileException"><see cref="FileError.Storage"/>: one of them cannot be used; the message is for the operator.</exception>
    public static (Ledger.Ledger Ledger, Bans? Bans) Open(FileServiceOptions options, TimeProvider clock, ILogger log)
    {
        var folder = options.LedgerFolder ?? LedgerFolder.For(options.Data);
        try
        {
            if (options.IsMember) LedgerFolder.Require(folder);
            else LedgerFolder.Make(folder, options.Data);
            if (!options.IsMember && folder != options.Data) RemoveOld(options.Data);
        }
        catch (IOException failed)
        {
            throw new FileException(FileError.Storage, failed.Message, failed);
        }

        try
        {
            var ledger = Ledger.Ledger.Open(Path.Combine(folder, "ledger"), log);
            try
            {
                return (ledger, Bans.Open(options.Bans, folder, clock, log));
            }
            catch
            {
                ledger.Dispose();
                throw;
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new FileException(
                FileError.Storage,
                StorageText.LedgerUnusable(folder),
                failed);
        }
    }

    /// <summary>They were in the data folder once.</summary>
    private static void RemoveOld(string data)
    {
        foreach (var name in (string[])["ledger", "bans"]) File.Delete(Path.Combine(data, name));
    }
}
