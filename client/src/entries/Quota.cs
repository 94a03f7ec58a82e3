namespace Argosy.Client;

/// <summary>What an account uses and may use.</summary>
/// <param name="Bytes">Bytes in use.</param>
/// <param name="Files">Files in use.</param>
/// <param name="BytesLimit">Bytes allowed; null: no limit.</param>
/// <param name="FilesLimit">Files allowed; null: no limit.</param>
public sealed record Quota(long Bytes, long Files, long? BytesLimit, long? FilesLimit);
