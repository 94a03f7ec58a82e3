using System.Security.Cryptography;
using Argosy.FrontEnds;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 4: the commands that move no file content.</summary>
[AlsoInMemory]
public sealed class CommandsTests : ProtocolTest
{
    [Theory]
    [EverySetup]
    public async Task Stat_tells_files_and_folders()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.AskAsync("""{"cmd":"mkdir","path":"folder"}""");
        await client.AskAsync("""{"cmd":"put","path":"folder/file","body":4,"mtime":1000001,"mode":384}""", Frame.Text("text"));

        Reply file = (await client.AskAsync("""{"cmd":"stat","id":1,"path":"folder/file"}""")).Reply;
        Reply folder = (await client.AskAsync("""{"cmd":"stat","path":"folder/"}""")).Reply;

        Assert.Equal((EntryType.File, 4, 1_000_001, 384), (file.Type, file.Size, file.MTime, file.Mode));
        AssertText("/folder/file", file.Path);
        Assert.Equal(EntryType.Folder, folder.Type);
        Assert.Equal(WireError.NotFound, (await client.AskAsync("""{"cmd":"stat","path":"missing"}""")).Error);
    }

    [Theory]
    [EverySetup]
    public async Task Ls_streams_a_folder_of_any_length()
    {
        Start();
        WireClient client = await LoginAsync();
        Assert.Empty(Listings.Decode(await client.AskAsync("""{"cmd":"ls","id":1,"path":"/"}""")));
        string name = new('x', 100);
        foreach (int[] some in Enumerable.Range(0, 1_500).Chunk(500))
        {
            await client.SendAsync([.. some.SelectMany(i => Frame.Of($$"""{"cmd":"mkdir","path":"{{name}}{{i}}"}"""))]);
            foreach (int _ in some)
                Assert.True((await client.ReadAsync()).IsOk);
        }

        List<ListLine> lines = Listings.Decode(await client.AskAsync("""{"cmd":"ls","id":2}"""));

        Assert.Equal(1_500, lines.Select(line => Convert.ToHexString(line.Name!)).Distinct().Count());
        Assert.All(lines, line => Assert.Equal((EntryType.Folder, 0), (line.Type, line.Size)));
        Assert.Equal(WireError.NotFound, (await client.AskAsync("""{"cmd":"ls","path":"missing"}""")).Error);
        await client.PutAsync("file", []);
        Assert.Equal(WireError.NotAFolder, (await client.AskAsync("""{"cmd":"ls","path":"file"}""")).Error);
    }

    [Theory]
    [EverySetup]
    public async Task Folders_are_made_and_removed()
    {
        Start();
        WireClient client = await LoginAsync();

        Assert.Equal(WireError.NotFound, (await client.AskAsync("""{"cmd":"mkdir","path":"a/b/c"}""")).Error);
        AssertText("/a/b/c", (await client.AskAsync("""{"cmd":"mkdir","path":"a/b/c","parents":true}""")).Reply.Path);
        Assert.True((await client.AskAsync("""{"cmd":"mkdir","path":"a/b/c","parents":true}""")).IsOk);
        Assert.Equal(WireError.Exists, (await client.AskAsync("""{"cmd":"mkdir","path":"a"}""")).Error);
        Assert.Equal(WireError.NotEmpty, (await client.AskAsync("""{"cmd":"rmdir","path":"a"}""")).Error);
        Assert.Equal(WireError.IsAFolder, (await client.AskAsync("""{"cmd":"rm","path":"a"}""")).Error);
        Assert.True((await client.AskAsync("""{"cmd":"rmdir","path":"a/b/c"}""")).IsOk);
        Assert.True((await client.AskAsync("""{"cmd":"rmdir","path":"a","recursive":true}""")).IsOk);
        Assert.Empty(Listings.Decode(await client.AskAsync("""{"cmd":"ls"}""")));
    }

    [Theory]
    [EverySetup]
    public async Task Mkdir_gives_a_folder_no_more_rights_than_were_asked_for()
    {
        Start();
        WireClient client = await LoginAsync();

        Assert.True((await client.AskAsync("""{"cmd":"mkdir","path":"closed","mode":448}""")).IsOk);
        Assert.True((await client.AskAsync("""{"cmd":"mkdir","path":"a/deep","parents":true,"mode":448}""")).IsOk);
        Assert.True((await client.AskAsync("""{"cmd":"mkdir","path":"plain"}""")).IsOk);
        Assert.Equal([448, 448], [await ModeAsync("closed"), await ModeAsync("a/deep")]);
        Assert.Equal(await ModeAsync("plain"), await ModeAsync("a"));
        Assert.NotEqual(448, await ModeAsync("plain"));
        Assert.True((await client.AskAsync("""{"cmd":"mkdir","path":"plain","parents":true,"mode":448}""")).IsOk);
        Assert.NotEqual(448, await ModeAsync("plain"));
        Assert.Equal(WireError.BadRequest, (await client.AskAsync("""{"cmd":"mkdir","path":"odd","mode":-1}""")).Error);

        async Task<int?> ModeAsync(string path) => (await client.AskAsync($$"""{"cmd":"stat","path":"{{path}}"}""")).Reply.Mode;
    }

    [Theory]
    [EverySetup]
    public async Task Mv_and_cp_replace_only_with_leave()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.PutAsync("a", Frame.Text("aa"));
        await client.PutAsync("b", Frame.Text("b"));

        Assert.Equal(WireError.Exists, (await client.AskAsync("""{"cmd":"mv","path":"a","to":"b","overwrite":false}""")).Error);
        Assert.Equal(WireError.Exists, (await client.AskAsync("""{"cmd":"cp","path":"a","to":"b","overwrite":false}""")).Error);
        AssertText("b", (await client.GetAsync("b")).Body);
        Reply copy = (await client.AskAsync("""{"cmd":"cp","path":"a","to":"b"}""")).Reply;
        Assert.Equal((EntryType.File, 2), (copy.Type, copy.Size));
        Assert.True((await client.AskAsync("""{"cmd":"mv","path":"a","to":"c"}""")).IsOk);
        AssertText("aa", (await client.GetAsync("b")).Body);
        AssertText("aa", (await client.GetAsync("c")).Body);
        Assert.Equal(WireError.NotFound, (await client.AskAsync("""{"cmd":"mv","path":"a","to":"d"}""")).Error);
        Assert.Equal(WireError.BadRequest, (await client.AskAsync("""{"cmd":"mv","path":"c"}""")).Error);
    }

    [Theory]
    [EverySetup(0)]
    [EverySetup(-1)]
    [EverySetup(1_700_000_000_123_456)]
    public async Task Touch_sets_the_time_to_the_microsecond(long time)
    {
        Start();
        WireClient client = await LoginAsync();
        await client.PutAsync("file", []);

        Assert.True((await client.AskAsync($$"""{"cmd":"touch","path":"file","mtime":{{time}}}""")).IsOk);
        Assert.Equal(time, (await client.AskAsync("""{"cmd":"stat","path":"file"}""")).Reply.MTime);
    }

    [Theory]
    [EverySetup]
    public async Task A_time_beyond_what_the_wire_can_say_stands_at_its_end_everywhere()
    {
        const long last = 1L << 53; // 2255-06-05
        Start();
        Assert.SkipWhen(Setup.Current.InMemory, "not applicable: only a disk may hold such a time");
        WireClient client = await LoginAsync();
        await client.PutAsync("file", Frame.Text("x"));
        File.SetLastWriteTimeUtc(World.Path("file"), new DateTime(2300, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.SkipWhen(File.GetLastWriteTimeUtc(World.Path("file")).Year != 2300, "not applicable: this disk knows no such time");

        Assert.Equal(last, (await client.AskAsync("""{"cmd":"stat","path":"file"}""")).Reply.MTime);
        Assert.Equal(last, (await client.GetAsync("file")).Reply.MTime);
        Assert.Equal(last, Assert.Single(Listings.Decode(await client.AskAsync("""{"cmd":"ls"}"""))).MTime);
        Assert.Equal(last, (await client.AskAsync("""{"cmd":"cp","path":"file","to":"copy"}""")).Reply.MTime);
        Answer put = await client.AskAsync($$"""{"cmd":"put","path":"new","body":1,"mtime":{{last}}}""", [1]);
        Assert.Equal((true, last), (put.IsOk, put.Reply.MTime));
    }

    [Theory]
    [EverySetup]
    public async Task Hash_sums_a_file_or_a_part_of_it()
    {
        Start();
        WireClient client = await LoginAsync();
        byte[] content = RandomNumberGenerator.GetBytes(200_000);
        await client.PutAsync("file", content);

        Reply crc = (await client.AskAsync("""{"cmd":"hash","path":"file"}""")).Reply;
        Assert.Equal((Frame.Sum(content), 200_000), (crc.Hash, crc.Size));
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(content)), (await client.AskAsync("""{"cmd":"hash","path":"file","algorithm":"md5"}""")).Reply.Hash);
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(content.AsSpan(10, 50))),
            (await client.AskAsync("""{"cmd":"hash","path":"file","algorithm":"sha256","offset":10,"length":50}""")).Reply.Hash);
        Assert.Equal(WireError.Unsupported, (await client.AskAsync("""{"cmd":"hash","path":"file","algorithm":"sha1"}""")).Error);
        Assert.Equal(WireError.NotFound, (await client.AskAsync("""{"cmd":"hash","path":"missing"}""")).Error);
    }

    [Theory]
    [EverySetup]
    public async Task Quota_tells_use_and_limits()
    {
        Start();
        WireClient client = await LoginAsync(FileWorld.Limited);
        await client.PutAsync("file", new byte[1_234]);

        Reply quota = (await client.AskAsync("""{"cmd":"quota","id":1}""")).Reply;

        Assert.Equal((1_234, 1, FileWorld.LimitBytes, null), (quota.Bytes, quota.Files, quota.BytesLimit, quota.FilesLimit));
        Assert.Null((await (await LoginAsync()).AskAsync("""{"cmd":"quota"}""")).Reply.BytesLimit);
    }

    [Theory]
    [EverySetup("""{"cmd":"exec","argv":["id"]}""")]
    [EverySetup("""{"cmd":"block","path":"x"}""")]
    [EverySetup("""{"cmd":"PUT2"}""")]
    public async Task Unknown_commands_are_unsupported(string request)
    {
        Start();
        WireClient client = await LoginAsync();

        Assert.Equal(WireError.Unsupported, (await client.AskAsync(request)).Error);
    }

    [Theory]
    [EverySetup("""{"id":5}""", "cmd")]
    [EverySetup("""{"cmd":"stat","id":5}""", "path")]
    [EverySetup("""{"cmd":"put","id":5,"path":"x"}""", "body")]
    [EverySetup("""{"cmd":"mkdir","id":5,"path":"x","parents":"yes"}""", "parents")]
    public async Task A_bad_request_names_the_key(string request, string key)
    {
        Start();
        WireClient client = await LoginAsync();

        Answer answer = await client.AskAsync(request);

        Assert.Equal((5, WireError.BadRequest), (answer.Id, answer.Error));
        Assert.Contains(key, answer.Reply.Message);
        Assert.True((await client.AskAsync("""{"cmd":"ping"}""")).IsOk);
    }
}
