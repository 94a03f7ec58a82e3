using System.Text;

namespace Argosy.Client.Tests;

public sealed class RoundTripTests
{
    private const int Timeout = 30_000;

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Sizes))]
    public async Task A_file_comes_back_as_it_went(int size, bool tls, string model)
    {
        await using var server = new RealServer(model);
        await using var client = await server.ConnectAsync(tls);
        var content = Content(size);
        string up = server.Local["up"], down = server.Local["down"];
        await File.WriteAllBytesAsync(up, content);
        File.SetUnixFileMode(up, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(up, new DateTime(1999, 12, 31, 23, 59, 58, 123, 456, DateTimeKind.Utc));

        var stored = await client.PutAsync(up, "/file");
        var fetched = await client.GetAsync("/file", down);

        Assert.Equal((size, size), (stored.Size, fetched.Size));
        Assert.True((await File.ReadAllBytesAsync(server.World.Path("file"))).AsSpan().SequenceEqual(content));
        Assert.True((await File.ReadAllBytesAsync(down)).AsSpan().SequenceEqual(content));
        Assert.Equal(File.GetLastWriteTimeUtc(up), File.GetLastWriteTimeUtc(down));
        Assert.Equal(File.GetUnixFileMode(up), File.GetUnixFileMode(down));
        Assert.Equal("down up", server.Local.Names());
    }

    public static TheoryData<int, bool, string> Sizes()
    {
        var data = new TheoryData<int, bool, string>();
        foreach (var size in (int[])[0, 1, 4095, 4096, 4097, 65_536, 65_537, 262_140 + 65_537, 64 << 20])
        {
            data.Add(size, false, "async");
            data.Add(size, true, "threads");
        }

        return data;
    }

    [Theory(Timeout = Timeout)]
    [InlineData("with space")]
    [InlineData("quote ' and \"")]
    [InlineData("new\nline\r\ttab")]
    [InlineData("-leading-dash")]
    [InlineData("🚢 und größe 日本")]
    [InlineData("cafe\u0301 and caf\u00e9")]
    [InlineData("back\\slash %20 ? # & ;")]
    [InlineData(" trailing ")]
    [InlineData("\u001b[31mred")]
    public async Task Any_name_is_kept(string name)
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var path = RemotePath.Root.Append(Encoding.UTF8.GetBytes(name));
        await client.PutAsync(Encoding.UTF8.GetBytes(name), path);
        Assert.Equal(name, await File.ReadAllTextAsync(server.World.Path(name)));
        var entry = Assert.Single(await client.ListAsync("/").ToListAsync());
        Assert.Equal(name, Encoding.UTF8.GetString(entry.Name.Bytes.Span));
        await client.GetAsync(path, server.Local[name]);
        Assert.Equal(name, await File.ReadAllTextAsync(server.Local[name]));
    }

    [Fact(Timeout = Timeout)]
    public async Task Names_of_255_bytes_and_names_that_are_no_text_are_kept()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var longest = RemotePath.FromText("/" + new string('x', 255));
        var bytes = RemotePath.FromBytes(new byte[] { (byte)'/', 0xff, 0xfe, (byte)'a' });
        await client.PutAsync("1"u8.ToArray(), longest);
        await client.PutAsync("2"u8.ToArray(), bytes);
        await client.GetAsync(longest, server.Local[new string('x', 255)]);
        Assert.Equal("1", await File.ReadAllTextAsync(server.Local[new string('x', 255)]));
        using var content = new MemoryStream();
        await client.GetAsync(bytes, content);
        Assert.Equal("2"u8.ToArray(), content.ToArray());
        Assert.Contains(await client.ListAsync("/").ToListAsync(), entry => RemotePath.Root.Append(entry.Name.Bytes) == bytes);
        await client.RemoveAsync(bytes);
        Assert.Null(await client.StatAsync(bytes));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_thousand_small_files_share_one_session()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync(tls: true);
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => client.PutAsync(Encoding.UTF8.GetBytes($"content {number}"), $"/{number}")));
        var contents = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async number =>
        {
            using var content = new MemoryStream();
            await client.GetAsync($"/{number}", content);
            return Encoding.UTF8.GetString(content.ToArray());
        }));
        Assert.Equal(Enumerable.Range(0, 1000).Select(number => $"content {number}"), contents);
    }

    [Fact(Timeout = Timeout)]
    public async Task Large_and_small_transfers_and_questions_mix()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var content = Content(5_000_000);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async number =>
        {
            await client.PutAsync(new MemoryStream(content), $"/large{number}");
            await client.PutAsync(content.AsMemory(0, number), $"/small{number}");
            Assert.Equal(number, (await client.StatAsync($"/small{number}"))!.Size);
            using var back = new MemoryStream();
            await client.GetAsync($"/large{number}", back);
            Assert.True(content.AsSpan().SequenceEqual(back.GetBuffer().AsSpan(0, (int)back.Length)));
        }));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_pipe_without_a_length_goes_up_and_a_part_comes_down()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var content = Content(300_000);
        Assert.Equal(300_000, (await client.PutAsync(new SlowStream(content, TimeSpan.Zero, pauseAt: 123_456), "/pipe")).Size);
        using var part = new MemoryStream();
        var fetched = await client.GetAsync("/pipe", part, new GetOptions { Offset = 100_000, Length = 50_000 });
        Assert.Equal((50_000, 300_000), (fetched.Bytes, fetched.Size));
        Assert.Equal(content[100_000..150_000], part.ToArray());
        part.SetLength(0);
        Assert.Equal(0, (await client.GetAsync("/pipe", part, new GetOptions { Offset = 300_000 })).Bytes);
        Assert.Equal(10, (await client.GetAsync("/pipe", part, new GetOptions { Offset = 299_990, Length = 50_000 })).Bytes);
    }

    [Fact(Timeout = Timeout)]
    public async Task Without_verification_files_come_back_the_same()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var content = Content(1_000_000);
        await client.PutAsync(content, "/f", new PutOptions { Verify = false });
        await client.PutAsync(content.AsMemory(0, 100), "/g", new PutOptions { Verify = false });
        using var back = new MemoryStream();
        await client.GetAsync("/f", back, new GetOptions { Verify = false });
        await client.GetAsync("/g", back, new GetOptions { Verify = false });
        Assert.Equal([.. content, .. content[..100]], back.ToArray());
    }

    [Fact(Timeout = Timeout)]
    public async Task Progress_grows_to_the_whole()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var seen = new Seen();
        await client.PutAsync(new MemoryStream(new byte[1_000_000]), "/f", new PutOptions { Progress = seen });
        Assert.Equal(new TransferProgress(1_000_000, 1_000_000), seen.Reports[^1]);
        Assert.Equal(seen.Reports.Select(report => report.Bytes).Order(), seen.Reports.Select(report => report.Bytes));
        seen.Reports.Clear();
        await client.GetAsync("/f", Stream.Null, new GetOptions { Progress = seen });
        Assert.Equal(new TransferProgress(1_000_000, 1_000_000), seen.Reports[^1]);
    }

    [Fact(Timeout = Timeout)]
    public async Task An_anonymous_session_works_without_a_login()
    {
        await using var server = new RealServer();
        await using var client = await FileClient.ConnectAsync(server.Url(tls: true, user: null), server.Options);
        await client.PutAsync("x"u8.ToArray(), "/anyone");
        Assert.True(File.Exists(Path.Combine(server.World.Root, "anyone")));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_wrong_password_and_an_unknown_name_get_the_same_answer()
    {
        await using var server = new RealServer();
        var wrong = server.Options with { Password = ClientOptions.UsePassword("wrong") };
        var first = await Assert.ThrowsAsync<RefusedException>(() => FileClient.ConnectAsync(server.Url(true), wrong));
        var second = await Assert.ThrowsAsync<RefusedException>(() => FileClient.ConnectAsync(server.Url(true, "nobody"), wrong));
        Assert.Equal(("login-failed", first.Message), (second.Error, second.Message));
    }

    internal static byte[] Content(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }

    private sealed class Seen : IProgress<TransferProgress>
    {
        public List<TransferProgress> Reports { get; } = [];

        public void Report(TransferProgress value) => Reports.Add(value);
    }
}
