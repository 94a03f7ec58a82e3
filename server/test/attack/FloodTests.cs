using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Argosy.Files;
using Argosy.Native.Tests;

namespace Argosy.Server.Tests.Attack;

/// <summary>With the settings that it has by default the server outlives who takes places, memory and cores, and others hardly notice.</summary>
[Collection(Alone.Name)]
public sealed class FloodTests
{
    private const string Flooder = "127.0.0.2";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // What a client of these tests itself holds.
    private const long ClientBytes = 192 << 10;

    [Theory]
    [InlineData("async")]
    [InlineData("threads")]
    public async Task Silent_connections_of_one_address_keep_nobody_out_and_the_log_says_that_the_cap_bit(string model)
    {
        await using var server = new WholeServer(model);
        using var over = new CancellationTokenSource();
        var silent = Enumerable.Range(0, Attack.Count(150, 520)).Select(_ => StaySilentAsync(server.Address, over.Token)).ToArray();
        await UntilAsync(() => server.Log.Lines.Any(line => line.Contains(Flooder, StringComparison.Ordinal)), "No cap bites");

        for (var i = 0; i < Attack.Count(7, 21); i++)
        {
            await using var client = await server.LoginAsync(); // Each at the first try.
        }

        // From the flooder's own address it takes a few tries: silent ones give way, others come.
        var watch = Stopwatch.StartNew();
        while (!await LogsInFromTheFlooderAsync(server)) Assert.True(watch.Elapsed < Patience, "An address that floods keeps itself out for good");
        Assert.InRange(server.Log.Lines.Count(line => line.Contains(Flooder, StringComparison.Ordinal)), 1, 20);
        await over.CancelAsync();
        await Task.WhenAll(silent);
        await server.AssertServesAsync();
    }

    [Theory]
    [InlineData("async")]
    [InlineData("threads")]
    public async Task Stalled_downloads_unread_answers_and_sums_for_nobody_take_little_memory_and_no_others_place(string model)
    {
        await using var server = new WholeServer(model, options => options with { Anonymous = AnonymousAccess.ReadOnly });
        await using (await server.LoginAsync())
        {
            // The home is there now.
        }

        foreach (var path in new[] { server.InRoot("large"), server.InRoot(WholeServer.User, "large") })
        {
            await using var file = File.Create(path);
            file.SetLength(256 << 20);
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var flood = new List<WireClient>();

        // Visitors: as many as one address may have, each with a download that it does not read; one more is refused, and the log says so.
        for (var i = 0; i < 50; i++) flood.Add(await server.VisitAsync(Flooder));
        await using (var more = await WireClient.ConnectAsync(server.Address, from: Flooder))
            Assert.Equal(Wire.WireError.TooManySessions, (await more.AskAsync("""{"cmd":"auth","mechanism":"ANONYMOUS"}""")).Error);
        Assert.Contains(server.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains(Flooder, StringComparison.Ordinal));
        foreach (var client in flood) await client.SendAsync("""{"cmd":"get","path":"/large"}""");

        // An account: thousands of requests whose answers nobody reads, and as many sums for clients that have left.
        for (var i = 0; i < 5; i++)
        {
            flood.Add(await server.LoginAsync());
            await TrySendAsync(flood[^1], """{"cmd":"pwd"}""", Attack.Count(2_000, 40_000));
        }

        for (var i = 0; i < 5; i++)
        {
            await using var gone = await server.LoginAsync();
            await TrySendAsync(gone, """{"cmd":"hash","path":"/large","algorithm":"sha256"}""", Attack.Count(400, 4_000));
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before - (flood.Count * ClientBytes);
        TestContext.Current.SendDiagnosticMessage("{0} KiB for {1} clients", grown >> 10, flood.Count);
        Assert.InRange(grown, long.MinValue, flood.Count * (512L << 10));
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 3; i++) await server.AssertServesAsync();
        Assert.True(watch.Elapsed < Patience, $"Others waited for {watch.Elapsed}");
        foreach (var client in flood) await client.DisposeAsync();
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task However_often_a_client_does_what_it_may_not_the_log_says_so_now_and_then()
    {
        await using var server = new WholeServer(accounts: [WholeServer.Account(WholeServer.User) with { Permissions = Permissions.List }]);
        var count = Attack.Count(2_000, 100_000);
        for (var times = 0; times < 2; times++)
        {
            await using var client = await server.LoginAsync();
            await client.SendAsync([.. Enumerable.Repeat(Frame.Of("""{"cmd":"rm","path":"/x"}"""), count / 20).SelectMany(frame => frame)]);
            for (var i = 0; i < count / 20; i++) Assert.Equal(Wire.WireError.NotPermitted, (await client.ReadAsync()).Error);
            for (var i = 0; i < count / 20 * 9; i++) Assert.Equal(Wire.WireError.NotPermitted, (await client.AskAsync("""{"cmd":"mkdir","path":"/x"}""")).Error);
        }

        // One in ten seconds, however long this takes.
        Assert.InRange(server.Log.Lines.Count(line => line.Contains("was refused", StringComparison.Ordinal)), 1, 20);
    }

    /// <summary>Connects, says nothing, and comes again when it is thrown out.</summary>
    private static async Task StaySilentAsync(IPEndPoint server, CancellationToken over)
    {
        var nothing = new byte[256];
        while (!over.IsCancellationRequested)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(Flooder), 0));
                await socket.ConnectAsync(server, over);
                while (await socket.ReceiveAsync(nothing, over) > 0)
                {
                }

                await Task.Delay(100, over); // A flood of silence, not one of connections.
            }
            catch (Exception end) when (end is SocketException or OperationCanceledException)
            {
                // Thrown out, or at the end.
            }
        }
    }

    private static async Task<bool> LogsInFromTheFlooderAsync(WholeServer server)
    {
        try
        {
            var (client, answer) = await server.TryLoginAsync(from: Flooder);
            await using (client) return answer.IsOk;
        }
        catch (Exception end) when (end is IOException or SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends until nothing more is taken.</summary>
    private static async Task TrySendAsync(WireClient client, string request, int count)
    {
        byte[] burst = [.. Enumerable.Repeat(Frame.Of(request), count).SelectMany(frame => frame)];
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        try
        {
            await client.Stream.WriteAsync(burst, limit.Token);
        }
        catch (Exception full) when (full is OperationCanceledException or IOException)
        {
            // The server reads no more before its answers are read.
        }
    }

    private static async Task UntilAsync(Func<bool> isSo, string otherwise)
    {
        for (var watch = Stopwatch.StartNew(); !isSo();)
        {
            Assert.True(watch.Elapsed < Patience, otherwise);
            await Task.Delay(20);
        }
    }
}
