using System.Text;
using Argosy.Files;
using Argosy.FrontEnds;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 1.3: names are bytes.</summary>
[AlsoInMemory]
public sealed class Names : ProtocolTest
{
    public static TheoryData<byte[]> Hard() =>
    [
        (byte[])[0xff, 0xfe, (byte)'x'],
        (byte[])[0xd6, 0xd0, 0xce, 0xc4],
        "new\nline\ttab\u001b[31m"u8.ToArray(),
        "\u0001\u007f\\\"'`$(x)"u8.ToArray(),
        "-rf"u8.ToArray(),
        " "u8.ToArray(),
        "e\u0301 naïve 🚢"u8.ToArray(),
        Encoding.ASCII.GetBytes(new string('n', 255)),
        (byte[])[.. Enumerable.Repeat((byte)0xe9, 255)],
    ];

    [Theory]
    [EverySetup(From = nameof(Hard))]
    public async Task Any_bytes_but_nul_and_slash_make_a_name(byte[] name)
    {
        Start();
        WireClient client = await LoginAsync();
        string key = Key("path", name);

        Answer put = await client.AskAsync($$"""{"cmd":"put",{{key}},"body":4}""", Frame.Text("text"));
        Assert.True(put.IsOk);
        Assert.Equal((byte[])[(byte)'/', .. name], put.Reply.Path);
        Assert.Equal(name, Assert.Single(Listings.Decode(await client.AskAsync("""{"cmd":"ls"}"""))).Name);
        AssertText("text", (await client.AskAsync($$"""{"cmd":"get",{{key}}}""")).Body);
        Assert.True((await client.AskAsync($$"""{"cmd":"mv",{{key}},"to":"plain"}""")).IsOk);
        Assert.True((await client.AskAsync($$"""{"cmd":"cp","path":"plain",{{Key("to", name)}}}""")).IsOk);
        Assert.True((await client.AskAsync($$"""{"cmd":"rm",{{key}}}""")).IsOk);
        Assert.Single(Listings.Decode(await client.AskAsync("""{"cmd":"ls"}""")));
    }

    [Theory]
    [EverySetup("\"path\":\"\"", WireError.BadName)]
    [EverySetup("\"path\":\"a\\u0000b\"", WireError.BadRequest)]
    [EverySetup("\"path_b64\":\"YQBi\"", WireError.BadRequest)]
    [EverySetup("\"path_b64\":\"?\"", WireError.BadRequest)]
    [EverySetup("\"path\":\"a\",\"path_b64\":\"YQ==\"", WireError.BadRequest)]
    [EverySetup("\"path\":7", WireError.BadRequest)]
    [EverySetup("\"x\":7", WireError.BadRequest)]
    public async Task Wrong_names_are_refused(string key, WireError error)
    {
        Start();
        WireClient client = await LoginAsync();

        Answer answer = await client.AskAsync($$"""{"cmd":"stat",{{key}}}""");

        Assert.Contains(answer.Error, (WireError?[])[error, WireError.BadName, WireError.BadFrame]);
    }

    [Theory]
    [EverySetup]
    public async Task A_time_beyond_the_protocols_numbers_spoils_no_listing()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.PutAsync("far", Frame.Text("text"));
        await using (FileSession local = await World.Files.LoginAsync(FileWorld.User, FileWorld.Password, new("test", null), InlineOffload.Instance))
            await local.TouchAsync(RemotePath.Parse("far"), new DateTime(2400, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        ListLine line = Assert.Single(Listings.Decode(await client.AskAsync("""{"cmd":"ls","id":1}""")));
        Assert.Equal(Limits.Number, line.MTime);
        AssertText("text", (await client.GetAsync("far")).Body);
    }

    [Theory]
    [EverySetup]
    public async Task A_name_over_255_bytes_is_bad()
    {
        Start();
        WireClient client = await LoginAsync();

        Assert.Equal(WireError.BadName, (await client.PutAsync(new string('n', 256), [])).Error);
    }

    [Theory]
    [EverySetup]
    public async Task Paths_start_at_the_home_or_the_working_folder_and_never_leave()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.AskAsync("""{"cmd":"mkdir","path":"a/b","parents":true}""");
        AssertText("/a/b", (await client.AskAsync("""{"cmd":"cd","path":"a/./b/"}""")).Reply.Path);
        await client.PutAsync("../file", Frame.Text("text"));

        AssertText("/a/b", (await client.AskAsync("""{"cmd":"pwd"}""")).Reply.Path);
        AssertText("text", (await client.GetAsync("/a/file")).Body);
        AssertText("/", (await client.AskAsync("""{"cmd":"cd","path":"../../../../.."}""")).Reply.Path);
        Assert.Equal(WireError.NotFound, (await client.GetAsync("/../../etc/hostname")).Error);
        Assert.Equal(WireError.NotAFolder, (await client.AskAsync("""{"cmd":"cd","path":"a/file"}""")).Error);
    }

    private static string Key(string key, byte[] name)
    {
        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(name);
            return $"\"{key}\":{System.Text.Json.JsonSerializer.Serialize(text)}";
        }
        catch (DecoderFallbackException)
        {
            return $"\"{key}_b64\":\"{Convert.ToBase64String(name)}\"";
        }
    }
}
