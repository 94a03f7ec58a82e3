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

    [Theory]
    [EverySetup("a/link", "../file")]
    [EverySetup("a/link", "b/none")]
    [EverySetup("link", "./file")]
    public async Task A_link_is_made_within_the_home(string path, string target)
    {
        Start();
        Directory.CreateDirectory(World.Path("a"));
        WireClient client = await LoginAsync();
        string request = $$"""{"cmd":"ln","path":"{{path}}","target":"{{target}}"}""";

        Assert.True((await client.AskAsync(request)).IsOk);
        Assert.Equal(target, new FileInfo(World.Path(path)).LinkTarget);
        Assert.Equal(WireError.Exists, (await client.AskAsync(request)).Error);
    }

    [Theory]
    [EverySetup("/etc/passwd")]
    [EverySetup("..")]
    [EverySetup("../x")]
    [EverySetup("a/../x")]
    [EverySetup("")]
    public async Task A_link_that_could_lead_out_is_a_bad_name(string target)
    {
        Start();
        WireClient client = await LoginAsync();

        Assert.Equal(WireError.BadName, (await client.AskAsync($$"""{"cmd":"ln","path":"link","target":"{{target}}"}""")).Error);
        Assert.Equal(WireError.BadRequest, (await client.AskAsync("""{"cmd":"ln","path":"link"}""")).Error);
        Assert.Equal(WireError.BadName, (await client.AskAsync("""{"cmd":"ln","path":"a/link","target":"../../x"}""")).Error);
    }

    [Theory]
    [EverySetup]
    public async Task A_revision_changes_with_every_change_though_the_time_is_put_back()
    {
        Start();
        await File.WriteAllTextAsync(World.Path("file"), "text");
        DateTime modified = File.GetLastWriteTimeUtc(World.Path("file"));
        WireClient client = await LoginAsync();
        string first = (await client.AskAsync("""{"cmd":"stat","path":"file"}""")).Reply.Revision!;
        Assert.Equal(first, (await client.AskAsync("""{"cmd":"get","path":"file"}""")).Reply.Revision);
        Assert.Equal(first, (await client.AskAsync("""{"cmd":"blocks","path":"file"}""")).Reply.Revision);

        // The clock of a disk may move in steps of some milliseconds.
        string second;
        int tries = 0;
        do
        {
            await File.WriteAllTextAsync(World.Path("file"), "Text");
            File.SetLastWriteTimeUtc(World.Path("file"), modified);
            second = (await client.AskAsync("""{"cmd":"stat","path":"file"}""")).Reply.Revision!;
        }
        while (second == first && ++tries < 1000);
        Assert.NotEqual(first, second);
    }
}
