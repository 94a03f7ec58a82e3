namespace Argosy.Files;

/// <summary>How many sessions may be open at a time, in all processes of a server together. 0 is no limit.</summary>
public sealed record SessionLimits
{
    /// <summary>Of one account that names no limit of its own.</summary>
    public int PerAccount { get; init; } = 200;

    /// <summary>Of visitors without an account, together: a session that downloads and does not read may hold a megabyte of the kernel's memory.</summary>
    public int Visitors { get; init; } = 200;

    /// <summary>Of visitors from one IPv4 address or one IPv6 /64.</summary>
    public int VisitorsFromAddress { get; init; } = 50;
}
