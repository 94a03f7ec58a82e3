using System.Net;

namespace Argosy.Files;

/// <summary>Where a login comes from, for the account's network rule and the log.</summary>
/// <param name="Protocol">The front end's name: <c>native</c>, <c>ftp</c>.</param>
/// <param name="Address">The peer's address; null for a Unix socket.</param>
public sealed record SessionOrigin(string Protocol, IPAddress? Address);
