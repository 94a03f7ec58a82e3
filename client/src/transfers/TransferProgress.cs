namespace Argosy.Client;

/// <summary>How far a transfer is.</summary>
/// <param name="Bytes">Bytes handed over so far.</param>
/// <param name="Total">Bytes in all; null where nobody knows, as for a pipe.</param>
public readonly record struct TransferProgress(long Bytes, long? Total);
