using Argosy.FrontEnds;

namespace Argosy.Client.Tests;

public sealed class RefusalTests
{
    private const int Timeout = 30_000;

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_over_quota_is_refused_in_flight_and_the_session_goes_on(bool isSizeKnown)
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync(user: FileWorld.Limited);
        var content = RoundTripTests.Content(50_000_000);
        Stream source = isSizeKnown ? new MemoryStream(content) : new SlowStream(content, TimeSpan.Zero, 0);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => client.PutAsync(source, "/big"));
        Assert.Equal("over-quota", refused.Error);
        Assert.Contains("remove something", refused.Message, StringComparison.Ordinal);
        Assert.Null(await client.StatAsync("/big"));
        await client.PutAsync(content.AsMemory(0, 10), "/small");
        Assert.Equal(FileWorld.LimitBytes, (await client.QuotaAsync()).BytesLimit);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_refusal_does_not_wait_for_a_source_that_stands_still()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync(user: FileWorld.Reader);
        var source = new SlowStream(new byte[1_000_000], TimeSpan.FromMinutes(1), pauseAt: 400_000);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => client.PutAsync(source, "/f"));
        Assert.Equal("not-permitted", refused.Error);
        await client.PingAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task Requests_behind_a_refused_upload_are_executed()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync(user: FileWorld.Limited);
        var refused = client.PutAsync(new MemoryStream(new byte[2_000_000]), "/big");
        var others = Enumerable.Range(0, 20).Select(number => client.PutAsync(new byte[] { 1 }, $"/{number}")).ToList();
        await Assert.ThrowsAsync<RefusedException>(() => refused);
        await Task.WhenAll(others);
        Assert.Equal(20, (await client.ListAsync("/").ToListAsync()).Count);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_cancelled_upload_publishes_nothing_and_the_session_goes_on()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync("old"u8.ToArray(), "/f");
        using var cancel = new CancellationTokenSource();
        var source = new SlowStream(new byte[1_000_000], TimeSpan.FromMinutes(1), pauseAt: 400_000);
        var put = client.PutAsync(source, "/f", cancellationToken: cancel.Token);
        await source.Pausing.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        await client.PingAsync();
        Assert.Equal("old", await File.ReadAllTextAsync(server.World.Path("f")));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_cancelled_download_keeps_nothing_and_the_session_goes_on()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync(new MemoryStream(new byte[20_000_000]), "/f");
        using var cancel = new CancellationTokenSource();
        var options = new GetOptions { Progress = new CancelAfter(cancel, 1_000_000) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync("/f", server.Local["f"], options, cancel.Token));
        Assert.Equal("", server.Local.Names());
        await client.PingAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task A_source_that_fails_publishes_nothing_and_the_session_goes_on()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<IOException>(() => client.PutAsync(new BrokenStream(500_000, 1_000_000), "/f"));
        Assert.Null(await client.StatAsync("/f"));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(200_000, 300_000)]
    [InlineData(300_000, 200_000)]
    public async Task A_source_that_changes_its_length_publishes_nothing(int said, int real)
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var source = new BrokenStream(real, said) { EndsWell = true };
        Assert.Contains("changed", (await Assert.ThrowsAsync<LocalFileException>(() => client.PutAsync(source, "/f"))).Message);
        Assert.Null(await client.StatAsync("/f"));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_sink_that_fails_does_not_end_the_session()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync(new MemoryStream(new byte[2_000_000]), "/f");
        using var full = new MemoryStream(new byte[1000]);
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetAsync("/f", full));
        await client.PingAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task Without_overwrite_what_exists_stays()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync("old"u8.ToArray(), "/f");
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => client.PutAsync("new"u8.ToArray(), "/f", new PutOptions { Overwrite = false }));
        Assert.Equal("exists", refused.Error);
        await File.WriteAllTextAsync(server.Local["f"], "mine");
        await Assert.ThrowsAsync<LocalFileException>(() => client.GetAsync("/f", server.Local["f"], new GetOptions { Overwrite = false }));
        Assert.Equal("mine", await File.ReadAllTextAsync(server.Local["f"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_relay_between_client_and_server_cannot_log_in()
    {
        await using var server = new RealServer();
        using var certificate = Certificates.SelfSigned();
        await using var relay = new TlsRelay(server.Port, certificate);
        var options = server.Options with { Fingerprint = Fingerprint.Of(certificate) };
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => FileClient.ConnectAsync(server.Url(tls: true) with { Port = relay.Port }, options));
        Assert.Equal("login-failed", refused.Error);
        Assert.True(relay.Bytes > 0);
    }

    private sealed class CancelAfter(CancellationTokenSource cancel, long bytes) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            if (value.Bytes >= bytes)
                cancel.Cancel();
        }
    }
}
