namespace Argosy.Client;

/// <summary>What a get brought.</summary>
/// <param name="Bytes">Bytes received: all of the file, or the part asked for.</param>
/// <param name="Size">The whole file's bytes.</param>
/// <param name="Modified">Its modification time.</param>
/// <param name="Mode">Its permission bits; null where the server says none.</param>
/// <param name="WasThere">True where nothing was fetched, because it was here already.</param>
public sealed record Fetched(long Bytes, long Size, DateTimeOffset Modified, UnixFileMode? Mode, bool WasThere = false)
{
    /// <summary>Which version it was when the first byte left; null where the server cannot tell.</summary>
    internal string? Revision { get; init; }

    /// <summary>True where the server read it more than once, so that somebody may have written in between.</summary>
    internal bool MayBeMixed { get; init; }
}
