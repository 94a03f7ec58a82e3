namespace Argosy.Files;

/// <summary>A file of which every byte is here.</summary>
/// <param name="Path">Where it shall appear.</param>
/// <param name="Content">All of it.</param>
/// <param name="Modified">Modification time; null for now.</param>
/// <param name="Mode">Permission bits, within the server's umask; null for the default.</param>
public readonly record struct FileToStore(RemotePath Path, ReadOnlyMemory<byte> Content, DateTime? Modified = null, int? Mode = null);

/// <summary>What became of one of many files.</summary>
/// <param name="Path">The name that it got; that it was to have, where it failed.</param>
/// <param name="Failure">What went wrong; null where it is stored.</param>
public readonly record struct StoreResult(RemotePath Path, FileException? Failure);
