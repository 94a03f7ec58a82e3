using Argosy.Native;

namespace Argosy.Client.Tests;

/// <summary>Every single bit of a transfer without TLS, flipped on its way: no wrong file is ever published or kept.</summary>
public sealed class BadLineTests
{
    private const int Timeout = 120_000;
    private const int Workers = 24;
    private static readonly byte[] Content = "Ships and shoes\n"u8.ToArray();

    // Short, because a flipped length makes its reader wait for bytes that never come.
    private static readonly NativeOptions Impatient = new()
    {
        FrameTime = TimeSpan.FromMilliseconds(150),
        StallTime = TimeSpan.FromMilliseconds(150),
        LingerTime = TimeSpan.FromMilliseconds(100),
        LoginTime = TimeSpan.FromSeconds(20),
    };

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_bit_of_an_upload_never_publishes_a_wrong_file(bool up)
    {
        await using var server = new RealServer(options: Impatient);
        await FlipAllAsync(server, up, async (client, name) => await client.PutAsync(Content, name));
        foreach (var file in Directory.GetFiles(server.World.Root))
            Assert.Equal(Content, await File.ReadAllBytesAsync(file));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_bit_of_a_download_never_keeps_a_wrong_file(bool up)
    {
        await using var server = new RealServer(options: Impatient);
        await File.WriteAllBytesAsync(Path.Combine(server.World.Root, "file"), Content);
        await FlipAllAsync(server, up, async (client, name) => await client.GetAsync("/file", server.Local[name[1..]]));
        foreach (var file in Directory.GetFiles(server.Local.Path))
            Assert.Equal(Content, await File.ReadAllBytesAsync(file));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_bit_of_many_files_never_publishes_or_keeps_a_wrong_one(bool up)
    {
        await using var server = new RealServer(options: Impatient);
        await File.WriteAllBytesAsync(Path.Combine(server.World.Root, "file"), Content);
        await FlipAllAsync(server, up, async (client, name) =>
        {
            var back = new byte[Content.Length];
            if (up)
                await client.Packs.RunAsync(new PackedFile(name, Content, PutOptions.Default), CancellationToken.None);
            else
                await client.Fetches.RunAsync(new WantedFile("/file", back, GetOptions.Default), CancellationToken.None);
            if (!up)
                Assert.Equal(Content, back);
            await client.PingAsync(); // A file is right when its record is: what follows the last one is seen by whoever comes next.
        });
        foreach (var file in Directory.GetFiles(server.World.Root))
            Assert.Equal(Content, await File.ReadAllBytesAsync(file));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_flipped_bit_in_the_frame_of_a_chunked_upload_never_publishes_a_wrong_file()
    {
        await using var server = new RealServer(options: Impatient);
        var large = RoundTripTests.Content(70_000);
        Task PutAsync(FileClient client, string name) => client.PutAsync(large, name);
        var (sent, _) = await MeasureAsync(server, PutAsync);
        // The lengths of both chunks, the end mark and the trailer: all that is neither content nor the first header.
        var first = sent.AsSpan().IndexOf(large.AsSpan(0, 32));
        var last = sent.AsSpan().IndexOf(large.AsSpan(69_968));
        var second = sent.AsSpan().IndexOf(large.AsSpan(65_537, 32));
        await FlipAsync(server, true, [.. Range(first - 4, 4), .. Range(second - 4, 4), .. Range(last + 32, sent.Length - last - 32)], PutAsync);
        foreach (var file in Directory.GetFiles(server.World.Root))
            Assert.Equal(large, await File.ReadAllBytesAsync(file));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_flipped_bit_in_the_frame_of_a_chunked_download_never_keeps_a_wrong_file()
    {
        await using var server = new RealServer(options: Impatient);
        var large = RoundTripTests.Content(70_000);
        await File.WriteAllBytesAsync(Path.Combine(server.World.Root, "file"), large);
        Task GetAsync(FileClient client, string name) => client.GetAsync("/file", server.Local[name[1..]]);
        var (_, sent) = await MeasureAsync(server, GetAsync);
        // All that is no content, and the content's edges.
        var first = sent.AsSpan().IndexOf(large.AsSpan(0, 32));
        var last = sent.AsSpan().IndexOf(large.AsSpan(69_968)) + 32;
        await FlipAsync(server, false, [.. Range(0, first + 1), .. Range(last - 1, sent.Length - last + 1)], GetAsync);
        Assert.Equal(large, await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(server.Local.Path))));
    }

    private static IEnumerable<long> Range(long start, int count) => Enumerable.Range(0, count).Select(index => start + index);

    private static async Task FlipAllAsync(RealServer server, bool up, Func<FileClient, string, Task> transfer)
    {
        var (upBytes, downBytes) = await MeasureAsync(server, transfer);
        await FlipAsync(server, up, [.. Range(0, (up ? upBytes : downBytes).Length)], transfer);
    }

    private static async Task<(byte[] Up, byte[] Down)> MeasureAsync(RealServer server, Func<FileClient, string, Task> transfer)
    {
        await using var proxy = new FlippingProxy(server.Port);
        await using var client = await ConnectAsync(server, proxy);
        await transfer(client, "/0000000");
        return (proxy.Up.ToArray(), proxy.Down.ToArray());
    }

    private static async Task FlipAsync(RealServer server, bool up, long[] bytes, Func<FileClient, string, Task> transfer)
    {
        var bits = new System.Collections.Concurrent.ConcurrentQueue<long>(bytes.SelectMany(at => Enumerable.Range(0, 8).Select(bit => (at * 8) + bit)));
        var survived = 0;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            await using var proxy = new FlippingProxy(server.Port);
            while (bits.TryDequeue(out var bit))
            {
                if (up)
                    proxy.UpBit = bit;
                else
                    proxy.DownBit = bit;
                try
                {
                    await using var client = await ConnectAsync(server, proxy);
                    await transfer(client, $"/{bit:0000000}");
                    Interlocked.Increment(ref survived);
                }
                catch (NotVerifiedException)
                {
                    continue;
                }
                catch (Exception other)
                {
                    Assert.Fail($"Bit {bit} {(up ? "up" : "down")}: {other}");
                }
            }
        })));
        Assert.Equal(0, survived);
    }

    private static Task<FileClient> ConnectAsync(RealServer server, FlippingProxy proxy) => FileClient.ConnectAsync(
        server.Url(tls: false, user: null) with { Port = proxy.Port },
        server.Options with { SilenceTimeout = TimeSpan.FromMilliseconds(600) });
}
