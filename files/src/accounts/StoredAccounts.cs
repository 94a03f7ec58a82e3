using System.Net;
using System.Text.Json.Serialization;

namespace Argosy.Files;

/// <summary>The account file's one object.</summary>
internal sealed class StoredAccounts
{
    internal const int CurrentVersion = 1;

    public required int Version { get; set; }

    public required List<StoredAccount> Accounts { get; set; }
}

/// <summary>One account in the file. Only its name is required; the rest has the defaults of <see cref="Account"/>.</summary>
internal sealed class StoredAccount
{
    [JsonConverter(typeof(AccountNameConverter))]
    public required string Name { get; set; }

    [JsonConverter(typeof(VerifierConverter))]
    public PasswordVerifier? Verifier { get; set; }

    public string? Home { get; set; }

    [JsonConverter(typeof(PermissionsConverter))]
    public Permissions Permissions { get; set; } = Permissions.Default;

    public List<StoredPath> Paths { get; set; } = [];

    public long? QuotaBytes { get; set; }

    public long? QuotaFiles { get; set; }

    public int? MaxSessions { get; set; }

    public List<IPNetwork> Networks { get; set; } = [];

    public DateTimeOffset? Expires { get; set; }

    public bool Enabled { get; set; } = true;

    internal static StoredAccount From(Account account) => new()
    {
        Name = account.Name,
        Verifier = account.Verifier,
        Home = account.Home,
        Permissions = account.Permissions,
        Paths = [.. account.Paths.Select(each => new StoredPath { Path = each.Path, Permissions = each.Permissions })],
        QuotaBytes = account.QuotaBytes,
        QuotaFiles = account.QuotaFiles,
        MaxSessions = account.MaxSessions,
        Networks = [.. account.Networks],
        Expires = account.Expires,
        Enabled = account.Enabled,
    };

    internal Account ToAccount() => new()
    {
        Name = Name,
        Verifier = Verifier,
        Home = Home,
        Permissions = Permissions,
        Paths = [.. Paths.Select(each => new PathPermissions(each.Path, each.Permissions))],
        QuotaBytes = QuotaBytes,
        QuotaFiles = QuotaFiles,
        MaxSessions = MaxSessions,
        Networks = [.. Networks],
        Expires = Expires,
        Enabled = Enabled,
    };
}

/// <summary>Permissions of one path in the file.</summary>
internal sealed class StoredPath
{
    public required string Path { get; set; }

    [JsonConverter(typeof(PermissionsConverter))]
    public required Permissions Permissions { get; set; }
}
