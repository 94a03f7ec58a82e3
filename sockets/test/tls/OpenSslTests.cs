using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Argosy.Sockets.Tests;

/// <summary>TLS by OpenSSL itself, against peers of other making.</summary>
public sealed class OpenSslTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Deadline Soon => Deadline.After(TimeSpan.FromSeconds(20));

    public static TheoryData<string, SslProtocols> Some => new()
    {
        { "threads", SslProtocols.Tls12 }, { "threads", SslProtocols.Tls13 }, { "epoll", SslProtocols.Tls12 }, { "epoll", SslProtocols.Tls13 },
    };

    [Theory(Timeout = 60_000)]
    [InlineData("tcp4+tls", typeof(OpenSslConnection))]
    [InlineData("tcp4+sslstream", typeof(SslStreamConnection))]
    public async Task The_wires_of_the_contract_are_what_they_are_called(string wire, Type expected)
    {
        var found = new TaskCompletionSource<Type>();
        await using var server = TestServer.Start("epoll", "tcp4", async (_, plain) =>
        {
            await using var secure = await plain.AuthenticateAsServerAsync(Wire.ServerTlsOver(wire), Soon);
            found.SetResult(secure.GetType());
        });
        await using var tls = await ConnectAsync(server.Address, SslProtocols.Tls13);
        Assert.Equal(expected, await found.Task.WaitAsync(Stop));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Some))]
    public async Task Forty_megabytes_come_back_as_they_went(string model, SslProtocols version)
    {
        await using var server = TestServer.Start(model, "tcp4", async (_, plain) =>
        {
            var secure = await plain.AuthenticateAsServerAsync(Wire.ServerTls, Soon);
            Assert.IsType<OpenSslConnection>(secure);
            var buffer = new byte[700_001];
            while (await secure.ReadAsync(buffer) is > 0 and var count) await secure.WriteAsync(buffer.AsMemory(0, count));
            Assert.True(secure.Tls()!.EndedInOrder);
        });
        await using var tls = await ConnectAsync(server.Address, version);
        var sent = new byte[40_000_000];
        new Random(10).NextBytes(sent);
        var sending = SendAsync();
        var received = new byte[sent.Length];
        await tls.ReadExactlyAsync(received, Stop);
        await sending;
        Assert.True(sent.AsSpan().SequenceEqual(received));
        await tls.ShutdownAsync();
        Assert.Equal(0, await tls.ReadAsync(received, Stop));

        async Task SendAsync()
        {
            for (var at = 0; at < sent.Length;)
            {
                var count = Math.Min(Random.Shared.Next(1, 300_000), sent.Length - at);
                await tls.WriteAsync(sent.AsMemory(at, count), Stop);
                at += count;
            }
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Some))]
    public async Task A_goodbye_is_told_from_a_bare_end_and_that_from_a_cut_record(string model, SslProtocols version)
    {
        var ends = new List<string>();
        await using var server = TestServer.Start(model, "tcp4", async (_, plain) =>
        {
            var secure = await plain.AuthenticateAsServerAsync(Wire.ServerTls, Soon);
            var buffer = new byte[100];
            try
            {
                while (await secure.ReadAsync(buffer) > 0)
                {
                }

                ends.Add(secure.Tls()!.EndedInOrder ? "goodbye" : "bare");
            }
            catch (ConnectionException e)
            {
                ends.Add(e.Error.ToString());
            }

            await plain.ShutdownWriteAsync();
        });
        foreach (var end in (string[])["goodbye", "bare", "cut", "garbage"])
        {
            using var socket = Wire.NewSocket(server.Address);
            await socket.ConnectAsync(server.Address, Stop);
            await using var raw = new NetworkStream(socket);
            await using var tls = await ConnectAsync(raw, version);
            await tls.WriteAsync("hello"u8.ToArray(), Stop);
            if (end == "goodbye") await tls.ShutdownAsync();
            else if (end == "cut") await raw.WriteAsync(new byte[] { 23, 3, 3, 1, 0, 7, 7 }, Stop);
            else if (end == "garbage") await raw.WriteAsync((byte[])[23, 3, 3, 0, 40, .. new byte[40]], Stop);
            socket.Shutdown(SocketShutdown.Send);
            while (await raw.ReadAsync(new byte[1000], Stop) > 0)
            {
            }
        }

        Assert.Equal(["goodbye", "bare", "Tls", "Tls"], ends);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("threads")]
    [InlineData("epoll")]
    public async Task The_protocol_the_name_and_the_clients_certificate_are_told(string model)
    {
        TlsDetails? told = null;
        string? asked = null;
        await using var server = TestServer.Start(model, "tcp4", async (_, plain) =>
        {
            var secure = await plain.AuthenticateAsServerAsync(
                new()
                {
                    ServerCertificateSelectionCallback = (_, name) =>
                    {
                        asked = name;
                        return Wire.Certificate;
                    },
                    ApplicationProtocols = [new("ftp"), new("argosy")],
                    ClientCertificateRequired = true,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == Wire.Certificate.GetCertHashString(),
                }, Soon);
            Assert.IsType<OpenSslConnection>(secure);
            told = secure.Tls();
            await secure.WriteAsync("ok");
        });
        using var socket = Wire.NewSocket(server.Address);
        await socket.ConnectAsync(server.Address, Stop);
        await using var tls = new SslStream(new NetworkStream(socket));
        var options = Wire.ClientTls;
        options.ApplicationProtocols = [new("argosy")];
        options.ClientCertificateContext = SslStreamCertificateContext.Create(Wire.Certificate, null, offline: true);
        await tls.AuthenticateAsClientAsync(options, Stop);
        await tls.ReadExactlyAsync(new byte[2], Stop);
        Assert.Equal(new SslApplicationProtocol("argosy"), tls.NegotiatedApplicationProtocol);
        Assert.Equal((new SslApplicationProtocol("argosy"), "argosy.test", "argosy.test"), (told!.ApplicationProtocol, told.TargetHostName, asked));
        Assert.Equal(Wire.Certificate.RawData, told.RemoteCertificate!.RawData);
        Assert.Equal((tls.NegotiatedCipherSuite, tls.SslProtocol), (told.CipherSuite, told.Protocol));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("threads", true)]
    [InlineData("epoll", true)]
    [InlineData("threads", false)]
    [InlineData("epoll", false)]
    public async Task A_client_trusts_no_certificate_that_nobody_vouches_for(string model, bool isTrusted)
    {
        Exception? met = null;
        await using var upstream = TestServer.Start("threads", "tcp4", async (_, plain) =>
        {
            var secure = await plain.AuthenticateAsServerAsync(Wire.ServerTls, Soon);
            await secure.WriteAsync("hello");
        });
        await using var server = TestServer.Start(model, "tcp4", async (context, connection) =>
        {
            await using var other = await context.ConnectAsync(upstream.Address, Soon);
            try
            {
                var options = isTrusted ? Wire.ClientTls : new SslClientAuthenticationOptions { TargetHost = "argosy.test" };
                await using var secure = await other.AuthenticateAsClientAsync(options, Soon);
                Assert.IsType<OpenSslConnection>(secure);
                await secure.ReadExactlyAsync(new byte[5]);
            }
            catch (ConnectionException e)
            {
                met = e;
            }

            await connection.WriteAsync("done");
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("done", await client.ReceiveTextToEndAsync());
        if (isTrusted) Assert.Null(met);
        else Assert.Contains("RemoteCertificateChainErrors", Assert.IsType<ConnectionException>(met).Message);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("tls1_2")]
    [InlineData("tls1_3")]
    public async Task The_openssl_program_resumes_what_it_has_kept(string version)
    {
        var seen = new List<bool>();
        var sessions = new List<string>();
        await using var server = TestServer.Start("epoll", "tcp4", async (_, plain) =>
        {
            var secure = await plain.AuthenticateAsServerAsync(Wire.ServerTls, Soon);
            seen.Add(secure.Tls()!.IsResumed);
            sessions.Add(Convert.ToHexString(secure.Tls()!.SessionId));
            await secure.WriteAsync("hello\n");
            await secure.ReadAsync(new byte[10]);
        });
        var kept = Path.GetTempFileName();
        foreach (var way in (string[])["-sess_out", "-sess_in", "-sess_in", "-sess_out"])
        {
            var address = ((IPEndPoint)server.Address).ToString();
            var start = new ProcessStartInfo("openssl", ["s_client", "-connect", address, $"-{version}", way, kept, "-quiet", "-no_ign_eof"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var client = Process.Start(start)!;
            Assert.Equal("hello", await client.StandardOutput.ReadLineAsync(Stop));
            client.StandardInput.Write("Q\n");
            client.StandardInput.Close();
            await client.WaitForExitAsync(Stop);
        }

        File.Delete(kept);
        Assert.Equal([false, true, true, false], seen);
        Assert.Equal(new[] { sessions[0], sessions[0], sessions[0] }, sessions[..3]); // a data connection can be bound to the session that it came from
        Assert.NotEqual(sessions[0], sessions[3]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Bytes_turned_on_the_way_are_never_taken_for_content()
    {
        var random = new Random(1210);
        for (var round = 0; round < 60; round++)
        {
            var got = new MemoryStream();
            await using var server = TestServer.Start(round % 2 == 0 ? "threads" : "epoll", "tcp4", async (_, plain) =>
            {
                var secure = await plain.AuthenticateAsServerAsync(Wire.ServerTls, Soon);
                var buffer = new byte[1000];
                while (await secure.ReadAsync(buffer) is > 0 and var count) got.Write(buffer, 0, count);
            });
            using var socket = Wire.NewSocket(server.Address);
            await socket.ConnectAsync(server.Address, Stop);
            await using var raw = new FlippingStream(socket, random.Next(0, 3000), (byte)random.Next(1, 256));
            var text = Encoding.ASCII.GetBytes(new string('a', 2000));
            try
            {
                await using var tls = await ConnectAsync(raw, SslProtocols.Tls13);
                await tls.WriteAsync(text, Stop);
                await tls.ShutdownAsync();
                _ = await tls.ReadAsync(new byte[10], Stop);
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // Either side may find it out.
            }

            Assert.True(text.AsSpan().StartsWith(got.ToArray()));
        }
    }

    private static async Task<SslStream> ConnectAsync(EndPoint address, SslProtocols version)
    {
        var socket = Wire.NewSocket(address);
        await socket.ConnectAsync(address, Stop);
        return await ConnectAsync(new NetworkStream(socket, ownsSocket: true), version);
    }

    private static async Task<SslStream> ConnectAsync(Stream stream, SslProtocols version)
    {
        var tls = new SslStream(stream);
        var options = Wire.ClientTls;
        options.EnabledSslProtocols = version;
        await tls.AuthenticateAsClientAsync(options, Stop);
        return tls;
    }

    /// <summary>Turns some bits of one byte that it sends.</summary>
    private sealed class FlippingStream(Socket socket, int at, byte bits) : NetworkStream(socket)
    {
        private int _sent;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var copy = buffer.ToArray();
            if (at >= _sent && at < _sent + copy.Length) copy[at - _sent] ^= bits;
            _sent += copy.Length;
            return base.WriteAsync(copy, cancellationToken);
        }
    }
}
