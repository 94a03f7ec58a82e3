namespace Argosy.Files;

/// <summary>From accounts and options to grants.</summary>
internal static class Grants
{
    internal static SessionGrant ForAccount(FileServiceOptions options, HomeMap homes, Account account, SessionRoster.Entry entry) => new(
        account.Name,
        homes.PlaceOf(account.Name)!,
        account.Permissions,
        Close(account.Paths, entry.Closed),
        account.QuotaBytes ?? options.DefaultQuotaBytes,
        account.QuotaFiles,
        NumberExisting: false,
        entry.Ended,
        entry.Release)
    {
        HoldsHomes = homes.PlaceOf(account.Name) == homes.Root,
    };

    internal static SessionGrant ForVisitor(FileServiceOptions options, HomeMap homes, SessionRoster.Entry entry) => new(
        AccountName.Anonymous,
        homes.Root,
        PermissionsOf(options.Anonymous),
        Close([], entry.Closed),
        options.DefaultQuotaBytes,
        QuotaFiles: null,
        NumberExisting: options.Anonymous == AnonymousAccess.Drop,
        entry.Ended,
        entry.Release)
    {
        HoldsHomes = true,
    };

    internal static Permissions PermissionsOf(AnonymousAccess access) => access switch
    {
        AnonymousAccess.ReadOnly => Permissions.List | Permissions.Read,
        AnonymousAccess.ReadWrite => Permissions.List | Permissions.Read | Permissions.Write | Permissions.Overwrite | Permissions.MakeFolder,
        AnonymousAccess.Drop => Permissions.Write,
        _ => Permissions.None,
    };

    /// <summary>The account's own path rules, less those that reach into another home, and that home closed.</summary>
    private static IReadOnlyList<PathPermissions> Close(IReadOnlyList<PathPermissions> paths, IReadOnlyList<string> closed) =>
    [
        .. paths.Where(path => !closed.Any(each => path.Path == each || path.Path.StartsWith(each + "/", StringComparison.Ordinal))),
        .. closed.Select(each => new PathPermissions(each, Permissions.None)),
    ];
}
