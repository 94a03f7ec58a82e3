namespace Argosy.Client;

/// <summary>How far a transfer is.</summary>
/// <param name="Bytes">Bytes that are over there so far, those of earlier calls included; or that were compared.</param>
/// <param name="Total">Bytes in all; null where nobody knows, as for a pipe.</param>
public readonly record struct TransferProgress(long Bytes, long? Total)
{
    /// <summary>How many of <see cref="Bytes"/> an earlier call had moved: they say nothing about the line's speed.</summary>
    public long Begun { get; init; }

    /// <summary>True while nothing is moved yet: both sides' bytes are read, to find out what is there already.</summary>
    public bool IsComparing { get; init; }
}
