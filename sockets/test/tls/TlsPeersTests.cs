using System.Diagnostics;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Argosy.Sockets.Tests;

/// <summary>TLS with programs of other making at the other end: Python's ssl, as client and as server, and openssl s_server.</summary>
public sealed class TlsPeersTests : IDisposable
{
    private const int Limit = 60_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("argosy-peers-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Deadline Soon => Deadline.After(TimeSpan.FromSeconds(30));

    public static TheoryData<string, SslProtocols> Some => new()
    {
        { "threads", SslProtocols.Tls12 }, { "threads", SslProtocols.Tls13 }, { "epoll", SslProtocols.Tls12 }, { "epoll", SslProtocols.Tls13 },
        { "async", SslProtocols.Tls12 }, { "async", SslProtocols.Tls13 },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Some))]
    public async Task A_client_in_python_is_served_and_says_goodbye(string model, SslProtocols version)
    {
        var ended = new TaskCompletionSource<bool>();
        await using var server = TestServer.Start(model, "tcp4", async (_, plain) =>
        {
            var secure = await plain.AuthenticateAsServerAsync(Wire.ServerTls, Soon);
            var buffer = new byte[100_000];
            while (await secure.ReadAsync(buffer) is > 0 and var count) await secure.WriteAsync(buffer.AsMemory(0, count));
            ended.SetResult(secure.Tls()!.EndedInOrder);
            await secure.ShutdownWriteAsync();
        });
        const string Program = """
            import socket, ssl, sys, threading
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, sys.argv[2])
            data = bytes(range(256)) * 8192
            with context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), server_hostname="argosy.test") as tls:
                sending = threading.Thread(target=tls.sendall, args=(data,))
                sending.start()
                back = b""
                while len(back) < len(data):
                    back += tls.recv(65536)
                sending.join()
                version = tls.version()
                tls.unwrap()
                print(back == data, version)
            """;
        var printed = await Python.RunAsync("-c", Program, ((IPEndPoint)server.Address).Port.ToString(), version == SslProtocols.Tls12 ? "TLSv1_2" : "TLSv1_3");
        Assert.Equal(version == SslProtocols.Tls12 ? "True TLSv1.2\n" : "True TLSv1.3\n", printed);
        Assert.True(await ended.Task.WaitAsync(Stop));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Some))]
    public async Task A_server_in_python_serves_a_handler(string model, SslProtocols version)
    {
        const string Program = """
            import socket, ssl, sys
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1])
            with socket.create_server(("127.0.0.1", 0)) as listener:
                print(listener.getsockname()[1], flush=True)
                with context.wrap_socket(listener.accept()[0], server_side=True) as tls:
                    left = 3000000
                    while left:
                        part = tls.recv(65536)
                        left -= len(part)
                        tls.sendall(part)
                    tls.unwrap()
            """;
        using var python = Start("python3", ["-c", Program, CertificateFile()]);
        var port = int.Parse((await python.StandardOutput.ReadLineAsync(Stop))!);
        var sent = Noise(3_000_000);
        await TalkAsync(model, port, version, async secure =>
        {
            var received = new byte[sent.Length];
            for (var at = 0; at < sent.Length; at += 30_000)
            {
                await secure.WriteAsync(sent.AsMemory(at, 30_000));
                await secure.ReadExactlyAsync(received.AsMemory(at, 30_000));
            }

            Assert.Equal(0, await secure.ReadAsync(new byte[1]));
            Assert.Equal((true, version), (secure.Tls()!.EndedInOrder, secure.Tls()!.Protocol));
            Assert.True(sent.AsSpan().SequenceEqual(received));
        });
        await python.WaitForExitAsync(Stop);
        Assert.Equal("", await python.StandardError.ReadToEndAsync(Stop));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Some))]
    public async Task The_openssl_program_serves_a_handler(string model, SslProtocols version)
    {
        using var openssl = Start("openssl", ["s_server", "-accept", "127.0.0.1:0", "-cert", CertificateFile(), "-rev", "-naccept", "1"]);
        var port = 0;
        while (port == 0)
        {
            // "ACCEPT 127.0.0.1:40123 PID=…"
            var line = await openssl.StandardOutput.ReadLineAsync(Stop) ?? throw new InvalidOperationException(await openssl.StandardError.ReadToEndAsync(Stop));
            if (line.StartsWith("ACCEPT ", StringComparison.Ordinal)) port = int.Parse(line.Split(' ')[1].Split(':')[^1]);
        }

        await TalkAsync(model, port, version, async secure =>
        {
            await secure.WriteAsync("argosy\n"u8.ToArray());
            var back = new byte[7];
            await secure.ReadExactlyAsync(back);
            Assert.Equal("ysogra\n", Encoding.ASCII.GetString(back));
        });
        await openssl.WaitForExitAsync(Stop);
    }

    /// <summary>A handler under a model connects to a program and speaks with it.</summary>
    private static async Task TalkAsync(string model, int port, SslProtocols version, Func<IConnection, Task> talk)
    {
        Exception? met = null;
        await using var server = TestServer.Start(model, "tcp4", async (context, connection) =>
        {
            try
            {
                var options = Wire.ClientTls;
                options.EnabledSslProtocols = version;
                await using var other = await context.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Soon);
                await using var secure = await other.AuthenticateAsClientAsync(options, Soon);
                await talk(secure);
            }
            catch (Exception e)
            {
                met = e;
            }

            await connection.WriteAsync("done");
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("done", await client.ReceiveTextToEndAsync());
        Assert.Null(met);
    }

    private static Process Start(string program, string[] arguments)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program))), $"not applicable: no {program} to talk to");
        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>The certificate and its key as other programs read them.</summary>
    private string CertificateFile()
    {
        var path = Path.Combine(_folder, "both.pem");
        using var key = Wire.Certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(path, $"{Wire.Certificate.ExportCertificatePem()}\n{PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8PrivateKey())}\n");
        return path;
    }

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
