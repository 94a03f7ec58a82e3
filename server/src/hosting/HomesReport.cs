using System.Runtime.InteropServices;
using Argosy.Files;
using Microsoft.Extensions.Logging;

namespace Argosy.Server;

/// <summary>
/// What an operator should know of the homes at start: those that clients could not write to, and files that are elsewhere than in the served folder, where
/// nobody would look for them.
/// </summary>
internal sealed partial class HomesReport(ServerOptions options, IAccountStore accounts, ILogger log)
{
    private const int MostNames = 5;
    private const int MostAccounts = 1_000; // A look at each is a system call: a large server does not wait for that.
    private const int MayWriteAndEnter = 2 | 1; // W_OK and X_OK of access(2)
    private const int AtWorkingFolder = -100, AsEffectiveUser = 0x200; // AT_FDCWD, AT_EACCESS

    public void Write()
    {
        if (options.Storage == PartsCatalog.MemoryStorage) return;
        IReadOnlyList<Account> all = [.. accounts.List().Take(MostAccounts)];
        TellOfOthers(all);
        if (!OperatingSystem.IsWindows()) WarnOfUnwritable(all);
    }

    private void TellOfOthers(IReadOnlyList<Account> all)
    {
        IReadOnlyList<Account> elsewhere = [.. all.Where(account => account.Home is { } home && !IsWithin(home, options.Root))];
        if (elsewhere.Count == 0) return;
        var names = string.Join(", ", elsewhere.Take(MostNames).Select(account => $"{account.Name} in {account.Home}"))
            + (elsewhere.Count > MostNames ? $" and {elsewhere.Count - MostNames} more" : "");
        if (elsewhere.Count < all.Count || options.Anonymous != AnonymousAccess.None)
            log.LogInformation("Homes outside the served folder {Root}: {Homes}", options.Root, names);
        else
            log.LogWarning(
                "Nobody's files are in the served folder {Root}. Homes: {Homes}. \"argosy user set {Name} --home {Root}\" moves an account there, without its files",
                options.Root, names, elsewhere[0].Name, options.Root);
    }

    private void WarnOfUnwritable(IReadOnlyList<Account> all)
    {
        if (NeedsRoot(all) && !MayWrite(options.Root))
            log.LogWarning("The served folder {Root} may not be written to by the user who serves ({User}): uploads and new homes there will be refused", options.Root, User);
        foreach (var account in all)
        {
            var home = account.Home ?? Path.Combine(options.Root, account.Name);
            if (home != options.Root && Writes(account.Permissions) && Directory.Exists(home) && !MayWrite(home))
                log.LogWarning("The home of {Account}, {Home}, may not be written to by the user who serves ({User}): uploads there will be refused", account.Name, home, User);
        }
    }

    // For visitors who write, whoever has it for a home, and homes that are still to be made in it.
    private bool NeedsRoot(IReadOnlyList<Account> all) =>
        options.Anonymous is AnonymousAccess.ReadWrite or AnonymousAccess.Drop
        || all.Any(account => account.Home is null ? !Directory.Exists(Path.Combine(options.Root, account.Name)) : account.Home == options.Root && Writes(account.Permissions));

    private static string User => Environment.UserName;

    private static bool Writes(Permissions permissions) => (permissions & (Permissions.Write | Permissions.Overwrite | Permissions.Append | Permissions.MakeFolder)) != 0;

    private static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder.EndsWith('/') ? folder : folder + "/", StringComparison.Ordinal);

    private static bool MayWrite(string path) => Access(AtWorkingFolder, path, MayWriteAndEnter, AsEffectiveUser) == 0;

    [LibraryImport("libc", EntryPoint = "faccessat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(int folder, string path, int how, int flags);
}
