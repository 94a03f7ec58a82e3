namespace Argosy.Files;

/// <summary>An upload that can be resumed or discarded.</summary>
public sealed record UnfinishedUpload(string UploadId, RemotePath Path, long Received, long? Length, DateTime Modified);
