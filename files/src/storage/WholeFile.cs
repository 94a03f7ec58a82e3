namespace Argosy.Files;

/// <summary>A file of which every byte is here, to be stored together with others.</summary>
/// <param name="Path">Where it shall appear.</param>
/// <param name="Content">All of it.</param>
/// <param name="How">How to publish it; not <see cref="OnExisting.Number"/>.</param>
public readonly record struct WholeFile(RemotePath Path, ReadOnlyMemory<byte> Content, Publication How);
