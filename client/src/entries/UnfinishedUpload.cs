namespace Argosy.Client;

/// <summary>An upload that was cut and can be continued or discarded.</summary>
/// <param name="Id">The name that its client gave it.</param>
/// <param name="Path">Where the file is to be.</param>
/// <param name="Received">Bytes that the server has.</param>
/// <param name="Size">The whole file's bytes; null where its client did not say.</param>
/// <param name="Modified">When bytes last came.</param>
public sealed record UnfinishedUpload(string Id, RemotePath Path, long Received, long? Size, DateTimeOffset Modified);
