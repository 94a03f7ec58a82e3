namespace Argosy.Client;

/// <summary>What a get brought.</summary>
/// <param name="Bytes">Bytes received: all of the file, or the part asked for.</param>
/// <param name="Size">The whole file's bytes.</param>
/// <param name="Modified">Its modification time.</param>
/// <param name="Mode">Its permission bits; null where the server says none.</param>
/// <param name="WasThere">True where nothing was fetched, because it was here already.</param>
public sealed record Fetched(long Bytes, long Size, DateTimeOffset Modified, UnixFileMode? Mode, bool WasThere = false);
