using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>The lines of a listing, with its trailer checked.</summary>
internal static class Listings
{
    public static List<ListLine> Decode(Answer answer)
    {
        Assert.True(answer.IsOk);
        Assert.Equal(answer.Reply.Id, answer.Trailer!.Id);
        Assert.Equal(Crc32C.Of(answer.Body), answer.Trailer.Crc32C);
        var lines = new List<ListLine>();
        for (ReadOnlyMemory<byte> rest = answer.Body; !rest.IsEmpty;)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            lines.Add(ListLine.Decode(rest.Span[..end]));
            rest = rest[(end + 1)..];
        }

        Assert.Equal(lines.Count, answer.Trailer.Count);
        return lines;
    }
}
