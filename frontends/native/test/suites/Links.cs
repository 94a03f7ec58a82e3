using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 4: links, which only a disk has.</summary>
public sealed class Links : ProtocolTest
{
    [Theory]
    [EverySetup]
    public async Task Stat_follows_a_link_or_shows_it()
    {
        Start();
        await File.WriteAllTextAsync(World.Path("file"), "text");
        File.CreateSymbolicLink(World.Path("link"), "file");
        WireClient client = await LoginAsync();

        Assert.Equal(EntryType.File, (await client.AskAsync("""{"cmd":"stat","path":"link"}""")).Reply.Type);
        Reply link = (await client.AskAsync("""{"cmd":"stat","path":"link","link":true}""")).Reply;
        Assert.Equal(EntryType.Link, link.Type);
        AssertText("file", link.Target);
        Assert.Contains(Listings.Decode(await client.AskAsync("""{"cmd":"ls"}""")), line => line.Type == EntryType.Link && line.Target is not null);
    }
}
