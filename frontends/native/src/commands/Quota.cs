using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>quota</c>: what the account uses and may use.</summary>
internal static class Quota
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        Files.Quota quota = await session.Files.QuotaAsync();
        session.Send(new Reply
        {
            Id = request.Id,
            Bytes = quota.Bytes,
            Files = quota.Files,
            BytesLimit = quota.BytesLimit,
            FilesLimit = quota.FilesLimit,
        });
    }
}
