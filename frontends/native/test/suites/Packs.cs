using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 7: <c>pack</c> and <c>fetch</c>, many small files in one body.</summary>
[AlsoInMemory]
public sealed class Packs : ProtocolTest
{
    [Theory]
    [EverySetup]
    public async Task Many_files_arrive_and_come_back()
    {
        Start();
        WireClient client = await LoginAsync();
        Assert.True((await client.AskAsync("""{"cmd":"mkdir","id":1,"path":"base/in","parents":true}""")).IsOk);
        (string Name, byte[] Content)[] files =
            [("a", Frame.Text("one")), ("in/b", RandomNumberGenerator.GetBytes(70_000)), ("in/empty", []), ("./c", RandomNumberGenerator.GetBytes(300_000))];

        Answer stored = await client.AskAsync(Header("pack", 2, Body(files), "\"path\":\"base\""), Body(files));
        Assert.Equal((true, 4, 0), (stored.IsOk, stored.Reply.Files, stored.Body.Length));

        byte[] names = Body(files.Select(file => (file.Name, Array.Empty<byte>())).ToArray());
        Answer fetched = await client.AskAsync(Header("fetch", 3, names, "\"path\":\"base\""), names);
        List<PackRecord> records = Records(fetched.Body);
        Assert.Equal(files.Select(file => file.Content), records.Select(record => record.Content.ToArray()));
        Assert.All(records, record => Assert.Equal((PackKind.File, 1_500_001, 416), (record.Kind, record.MTime, record.Mode)));
        Assert.Equal(4, fetched.Trailer!.Count);
    }

    [Theory]
    [EverySetup]
    public async Task What_fails_is_listed_and_keeps_no_other_back()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.AskAsync("""{"cmd":"mkdir","id":1,"path":"folder"}""");
        await client.PutAsync("taken", Frame.Text("old"));
        byte[] body = Body(("first", [1]), ("folder", [2]), ("missing/x", [3]), ("a\0b", [4]), ("taken", [5]), ("last", [6]));

        Answer answer = await client.AskAsync(Header("pack", 2, body, "\"overwrite\":false"), body);

        Assert.Equal((true, 2), (answer.IsOk, answer.Reply.Files));
        Assert.Equal(Frame.Sum(answer.Body), answer.Reply.Crc32C!.Value.ToString("x8"));
        Assert.Equal(
            ["1 is-a-folder", "2 not-found", "3 bad-name", "4 exists"],
            Records(answer.Body).Select(record => $"{record.Number} {Encoding.UTF8.GetString(record.Name.Span)}").Order());
        Assert.Equal([6], (await client.GetAsync("last")).Body);
        AssertText("old", (await client.GetAsync("taken")).Body);

        byte[] names = Body(("first", []), ("folder", []), ("nothing", []), ("last", []));
        List<PackRecord> records = Records((await client.AskAsync(Header("fetch", 3, names), names)).Body);
        Assert.Equal([PackKind.File, PackKind.Failure, PackKind.Failure, PackKind.File], records.Select(record => record.Kind));
        Assert.Equal(["1 is-a-folder", "2 not-found"], records.Skip(1).Take(2).Select(record => $"{record.Number} {Encoding.UTF8.GetString(record.Name.Span)}"));
    }

    [Theory]
    [EverySetup]
    public async Task Missing_folders_are_made_where_that_is_asked_for()
    {
        Start();
        WireClient client = await LoginAsync();
        byte[] body = Body(("x/y/z", [1]), ("x/q", [2]));
        Assert.Equal(2, (await client.AskAsync(Header("pack", 2, body, "\"path\":\"new\",\"parents\":true"), body)).Reply.Files);
        Assert.Equal([1], (await client.GetAsync("new/x/y/z")).Body);
    }

    [Fact]
    public async Task Names_need_not_be_text()
    {
        Start();
        WireClient client = await LoginAsync();
        var output = new ArrayBufferWriter<byte>();
        new PackRecord(PackKind.File, new byte[] { 0xff, 0xfe }, Frame.Text("content")).WriteTo(output);
        byte[] body = output.WrittenSpan.ToArray();
        Assert.Equal(1, (await client.AskAsync(Header("pack", 1, body), body)).Reply.Files);
        AssertText("content", (await client.AskAsync("""{"cmd":"get","id":2,"path_b64":"//4="}""")).Body);
        await client.AskAsync("""{"cmd":"rm","id":3,"path_b64":"//4="}""");
    }

    [Theory]
    [EverySetup]
    public async Task Several_packs_are_sent_without_waiting_and_answered_in_order()
    {
        Start();
        WireClient client = await LoginAsync();
        for (int i = 0; i < 20; i++)
        {
            byte[] body = Body([.. Enumerable.Range(0, 10).Select(file => ($"{i}-{file}", BitConverter.GetBytes((i * 100) + file)))]);
            if (i % 2 == 0)
                await client.SendAsync(Header("pack", i, body), body);
            else
                await client.SendAsync(Frame.Of($$"""{"cmd":"pack","id":{{i}},"body":"chunked"}"""), [.. body.Chunk(50).SelectMany(Frame.Chunk)], Frame.End($$"""{"id":{{i}}}"""));
        }

        for (int i = 0; i < 20; i++)
        {
            Answer answer = await client.ReadAsync();
            Assert.Equal((i, 10), (answer.Id, answer.Reply.Files));
        }

        Assert.Equal(BitConverter.GetBytes(1907), (await client.GetAsync("19-7")).Body);
    }

    [Fact]
    public async Task A_pack_that_is_cut_at_any_byte_stores_nothing()
    {
        Start();
        byte[] body = Body(("one", Frame.Text("1")), ("two", Frame.Text("22")));
        byte[] request = [.. Frame.Of(Header("pack", 1, body)), .. body];
        for (int length = 0; length < request.Length; length++)
        {
            await using WireClient client = await LoginAsync();
            await client.SendAsync(request[..length]);
            client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            Assert.True(await client.IsClosedAsync());
        }

        await using WireClient after = await LoginAsync();
        Assert.Empty(Listings.Decode(await after.AskAsync("""{"cmd":"ls","id":2}""")));
    }

    [Fact]
    public async Task A_pack_with_a_flipped_bit_stores_nothing_and_the_connection_goes_on()
    {
        Start();
        WireClient client = await LoginAsync();
        byte[] body = Body(("one", Frame.Text("1")), ("two", Frame.Text("22")));
        for (int bit = 0; bit < 8 * body.Length; bit++)
        {
            byte[] flipped = [.. body];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Answer answer = await client.AskAsync(Header("pack", bit, body), flipped);
            Assert.Equal((bit, WireError.Mismatch), (answer.Id, answer.Error));
        }

        Assert.Empty(Listings.Decode(await client.AskAsync("""{"cmd":"ls","id":2}""")));
    }

    [Fact]
    public async Task Hostile_records_are_refused_and_the_connection_goes_on()
    {
        Start();
        WireClient client = await LoginAsync();
        var random = new Random(5);
        for (int i = 0; i < 500; i++)
        {
            byte[] body = new byte[random.Next(1, 200)];
            random.NextBytes(body);
            body.AsSpan(Math.Min(8, body.Length)).Clear();
            Answer answer = await client.AskAsync(Header(i % 2 == 0 ? "pack" : "fetch", i, body), body);
            Assert.Equal(WireError.Mismatch, answer.Error);
        }

        Assert.Empty(Listings.Decode(await client.AskAsync("""{"cmd":"ls","id":2}""")));
    }

    [Theory]
    [EverySetup]
    public async Task What_is_too_much_is_refused_before_it_is_held()
    {
        Start();
        WireClient client = await LoginAsync();
        byte[] many = Body([.. Enumerable.Range(0, Limits.PackFiles + 1).Select(i => ($"{i}", Array.Empty<byte>()))]);
        Assert.Equal(WireError.BadRequest, (await client.AskAsync(Header("pack", 1, many), many)).Error);
        Assert.Equal(WireError.BadRequest, (await client.AskAsync("""{"cmd":"pack","id":2,"body":4194305}""", new byte[4_194_305])).Error);
        Assert.Equal(WireError.BadRequest, (await client.AskAsync("""{"cmd":"fetch","id":3,"body":1048577}""", new byte[1_048_577])).Error);
        Assert.Equal(WireError.BadRequest, (await client.AskAsync("""{"cmd":"pack","id":4}""")).Error);
        byte[] nameless = Body(("", [1]));
        Assert.Equal(WireError.BadRequest, (await client.AskAsync(Header("pack", 5, nameless), nameless)).Error);
        Assert.Empty(Listings.Decode(await client.AskAsync("""{"cmd":"ls","id":6}""")));
    }

    [Fact]
    public async Task An_abandoned_pack_stores_nothing()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.SendAsync(Frame.Of("""{"cmd":"pack","id":1,"body":"chunked"}"""), Frame.Chunk(Body(("one", [1]))), Frame.Abandon);
        Assert.Equal(WireError.Abandoned, (await client.ReadAsync()).Error);
        Assert.Empty(Listings.Decode(await client.AskAsync("""{"cmd":"ls","id":2}""")));
    }

    [Fact]
    public async Task A_sealed_session_packs_too_and_hello_says_that_it_may()
    {
        Start();
        WireClient client = await LoginAsync(seal: true);
        Answer hello = await client.AskAsync("""{"cmd":"hello","id":1}""");
        Assert.Equal(["pack", "fetch"], hello.Reply.Features);
        byte[] body = Body(("one", [1]));
        Assert.Equal(1, (await client.AskAsync(Header("pack", 2, body), body)).Reply.Files);
        byte[] names = Body(("one", []));
        Assert.Equal([1], Assert.Single(Records((await client.AskAsync(Header("fetch", 3, names), names)).Body)).Content.ToArray());
    }

    private static string Header(string command, int id, byte[] body, string more = "") =>
        $$"""{"cmd":"{{command}}","id":{{id}},{{(more.Length > 0 ? more + "," : "")}}"body":{{body.Length}}}""";

    private static byte[] Body(params (string Name, byte[] Content)[] files)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach ((string name, byte[] content) in files)
            new PackRecord(PackKind.File, Encoding.UTF8.GetBytes(name), content, 1_500_001, 416).WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static List<PackRecord> Records(byte[] body)
    {
        var records = new List<PackRecord>();
        for (ReadOnlyMemory<byte> left = body; PackRecord.TryRead(left, out PackRecord record); left = left[record.Length..])
            records.Add(record);
        Assert.Equal(body.Length, records.Sum(record => record.Length));
        return records;
    }
}
