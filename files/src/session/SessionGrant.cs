namespace Argosy.Files;

/// <summary>What a login was granted: all that a session needs to know of its account.</summary>
/// <param name="Name">The account; <c>anonymous</c> for visitors.</param>
/// <param name="Home">The home's absolute path.</param>
/// <param name="Permissions">What it may do.</param>
/// <param name="Paths">Permissions that replace the former at and beneath a path.</param>
/// <param name="QuotaBytes">Most bytes; null for no limit.</param>
/// <param name="QuotaFiles">Most files; null for no limit.</param>
/// <param name="NumberExisting">True gives uploads whose name exists a number instead of replacing or refusing.</param>
/// <param name="Ended">Fires when the account lost its right.</param>
/// <param name="Release">Called once when the session is disposed of.</param>
internal sealed record SessionGrant(
    string Name,
    string Home,
    Permissions Permissions,
    IReadOnlyList<PathPermissions> Paths,
    long? QuotaBytes,
    long? QuotaFiles,
    bool NumberExisting,
    CancellationToken Ended,
    Action Release)
{
    /// <summary>True for ROOT: other accounts' homes are, or will be, directly in it.</summary>
    public bool HoldsHomes { get; init; }
}
