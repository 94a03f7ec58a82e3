namespace Argosy.Client;

/// <summary>What a put left on the server.</summary>
/// <param name="Path">The final name, which is not the one asked for where the server numbers names.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">Its modification time.</param>
/// <param name="WasThere">True where nothing was sent, because the server had it already.</param>
public sealed record Stored(RemotePath Path, long Size, DateTimeOffset Modified, bool WasThere = false);
