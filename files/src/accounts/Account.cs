using System.Net;

namespace Argosy.Files;

/// <summary>One account as its store holds it.</summary>
public sealed record Account
{
    /// <summary>The login name, as <see cref="AccountName.Normalize"/> returns it.</summary>
    public required string Name { get; init; }

    /// <summary>What proves the password; null: nobody can log in by password.</summary>
    public PasswordVerifier? Verifier { get; init; }

    /// <summary>The home's absolute path on this machine; null for the server's ROOT/NAME, made at the first login.</summary>
    public string? Home { get; init; }

    /// <summary>What it may do everywhere in its home.</summary>
    public Permissions Permissions { get; init; } = Permissions.Default;

    /// <summary>Permissions that replace <see cref="Permissions"/> at and beneath a path; the longest match decides.</summary>
    public IReadOnlyList<PathPermissions> Paths { get; init; } = [];

    /// <summary>Most bytes its home may hold, unfinished uploads included; null for no limit.</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>Most files its home may hold; null for no limit.</summary>
    public long? QuotaFiles { get; init; }

    /// <summary>Most sessions at a time; null for no limit.</summary>
    public int? MaxSessions { get; init; }

    /// <summary>Networks it may come from; empty for everywhere.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>When it stops working; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>False refuses logins and ends its sessions.</summary>
    public bool Enabled { get; init; } = true;
}
