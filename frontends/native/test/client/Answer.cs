using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>A reply with all that came after it.</summary>
internal sealed record Answer(Reply Reply, byte[] Body, Trailer? Trailer, bool IsAbandoned)
{
    public long? Id => Reply.Id;

    public bool IsOk => Reply.Status == ReplyStatus.Ok;

    public WireError? Error => Reply.Error;
}
