using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Argosy.Files;
using Microsoft.Extensions.Logging;

namespace Argosy.Server.Tests;

public sealed class FileTransferServerTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();
    private readonly RecordingLog _log = new();

    public ValueTask DisposeAsync()
    {
        _log.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private ServerOptions Options => new()
    {
        Root = _folder["share"],
        Data = _folder["data"],
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        Anonymous = AnonymousAccess.ReadOnly,
        Drain = TimeSpan.FromMilliseconds(200),
    };

    [Fact]
    public async Task Nothing_listens_before_it_is_started()
    {
        await using var server = FileTransferServer.Open(Options, _log);
        Assert.Empty(server.FrontEnds);
        server.Start();
        Assert.NotEqual(0, Assert.Single(server.FrontEnds).Address.Port);
        Assert.Equal("argosy", server.FrontEnds[0].Scheme);
    }

    [Theory]
    [InlineData("async")]
    [InlineData("threads")]
    public async Task A_reload_gives_the_next_client_the_new_certificate(string model)
    {
        await using var server = FileTransferServer.Open(Options with { Model = model }, _log);
        server.Start();
        var first = await SerialAsync(server);
        File.Delete(_folder["data/certificate.pem"]);
        server.Reload();
        var second = await SerialAsync(server);
        Assert.NotEqual(first.Serial, second.Serial);
        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.Equal(server.Fingerprint, second.Fingerprint);
        Assert.Contains(_log.Lines, line => line.Contains("the certificate is new", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reload_that_fails_keeps_the_certificate_and_says_why()
    {
        await using var server = FileTransferServer.Open(Options, _log);
        server.Start();
        _folder.Write("data/certificate.pem", "broken");
        server.Reload();
        Assert.Equal(server.Fingerprint, (await SerialAsync(server)).Fingerprint);
        Assert.Contains(_log.Lines, line => line.Contains("The old certificate stays", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_can_be_stopped_twice_and_its_port_is_free_at_once()
    {
        IPEndPoint address;
        await using (var server = FileTransferServer.Open(Options, _log))
        {
            server.Start();
            address = server.FrontEnds[0].Address;
            using var client = new TcpClient();
            await client.ConnectAsync(address);
            await server.StopAsync().WaitAsync(Patience);
            await server.StopAsync().WaitAsync(Patience);
        }

        await using var next = FileTransferServer.Open(Options with { Listen = address }, _log);
        next.Start();
        Assert.Equal(address, next.FrontEnds[0].Address);
    }

    [Fact]
    public async Task A_port_in_use_is_told_and_leaves_the_data_folder_free()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using (var server = FileTransferServer.Open(Options with { Listen = (IPEndPoint)taken.LocalEndpoint }, _log))
            Assert.Contains("already listens there", Assert.Throws<StartException>(server.Start).Message);
        await using var next = FileTransferServer.Open(Options, _log);
        next.Start();
    }

    [Fact]
    public void Damaged_accounts_are_an_error_that_names_the_file()
    {
        DataFolder.Ensure(_folder["data"]);
        _folder.Write("data/accounts.json", "{");
        Assert.Contains("accounts.json", Assert.Throws<StartException>(() => FileTransferServer.Open(Options, _log)).Message);
    }

    [Fact]
    public void A_data_folder_in_the_served_one_is_refused_and_not_made()
    {
        Assert.Throws<ConfigurationException>(() => FileTransferServer.Open(Options with { Data = _folder["share/data"] }, _log));
        Assert.False(Directory.Exists(_folder["share/data"]));
    }

    [Fact]
    public async Task A_file_where_the_served_folder_should_be_is_told()
    {
        _folder.Write("share", "");
        await using var server = FileTransferServer.Open(Options, _log);
        Assert.Contains("share is a file; serve needs a folder", Assert.Throws<StartException>(server.Start).Message);
    }

    [Fact]
    public async Task Usage_is_counted_in_memory_and_not_in_the_data_folder()
    {
        await using var server = FileTransferServer.Open(Options, _log);
        server.Start();
        var place = server.Options.LedgerFolder!;
        Assert.NotEqual(_folder["data"], place);
        Assert.True(File.Exists(Path.Combine(place, "ledger")) && File.Exists(Path.Combine(place, "bans")));
        Assert.False(File.Exists(_folder["data/ledger"]) || File.Exists(_folder["data/bans"]));
    }

    [Fact]
    public async Task A_place_for_usage_that_cannot_be_had_is_told_with_advice()
    {
        await File.WriteAllTextAsync(_folder["place"], "");
        await using var server = FileTransferServer.Open(Options with { LedgerFolder = _folder["place"] }, _log);
        Assert.Contains("remove it, then start again", Assert.Throws<StartException>(server.Start).Message);

        File.Delete(_folder["place"]);
        Directory.CreateDirectory(Path.Combine(_folder["place"], "ledger"));
        var damaged = Assert.Throws<StartException>(server.Start).Message;
        Assert.Contains(_folder["place"], damaged);
        Assert.DoesNotContain("denied", damaged);
    }

    private static async Task<(string Serial, string Fingerprint)> SerialAsync(FileTransferServer server)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(server.FrontEnds[0].Address, limit.Token);
        await using var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, limit.Token);
        using var certificate = new X509Certificate2(tls.RemoteCertificate!);
        return (certificate.SerialNumber, ServerCertificate.FingerprintOf(certificate));
    }

    private sealed class RecordingLog : ILoggerFactory, ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines) _lines.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
