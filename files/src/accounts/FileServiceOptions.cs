namespace Argosy.Files;

/// <summary>How a <see cref="FileService"/> is set up.</summary>
public sealed record FileServiceOptions
{
    /// <summary>Holds the homes of accounts without one of their own; itself the home of anonymous and of the first account.</summary>
    public required string Root { get; init; }

    /// <summary>The data folder: ledger, secrets. Never inside a home.</summary>
    public required string Data { get; init; }

    /// <summary>Where usage and bans are counted, among all processes that serve the data folder; null for where <see cref="Ledger.LedgerFolder.For"/> says.
    /// It must exist unless this process owns the data folder. Never inside a home.</summary>
    public string? LedgerFolder { get; init; }

    /// <summary>What anonymous visitors may do.</summary>
    public AnonymousAccess Anonymous { get; init; }

    /// <summary>Quota of accounts that name none, and of anonymous; null for none. Bytes.</summary>
    public long? DefaultQuotaBytes { get; init; }

    /// <summary>Uploads are refused when the disk has less than this left. Bytes.</summary>
    public long MinFree { get; init; } = 64 << 20;

    /// <summary>When an address is refused because logins from there fail.</summary>
    public BanRule Bans { get; init; } = new();

    /// <summary>How many sessions there may be.</summary>
    public SessionLimits Limits { get; init; } = new();

    /// <summary>
    /// True in a process that serves beside the one that owns the data folder. What a crash may have left in a home is settled anew after the
    /// owner has started, not after each of those has.
    /// </summary>
    public bool IsMember { get; init; }

    /// <summary>How long an unfinished upload waits for its client.</summary>
    public TimeSpan KeepUnfinished { get; init; } = TimeSpan.FromDays(7);
}
