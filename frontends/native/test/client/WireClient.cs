using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>A client that sends whatever bytes a test likes and reads replies. Every wait has an end.</summary>
internal sealed class WireClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly FrameDecoder<Reply> _decoder;
    private readonly byte[] _buffer = new byte[128 << 10];
    private Memory<byte> _here;
    private long _nextId = 1_000;

    private WireClient(Socket socket, Stream stream, bool seal)
    {
        (Socket, Stream, IsSealed) = (socket, stream, seal);
        _decoder = new FrameDecoder<Reply>(seal ? SealMode.Required : SealMode.Absent, Limits.Header);
    }

    public Socket Socket { get; }

    public Stream Stream { get; }

    public bool IsSealed { get; }

    /// <summary>What the server's certificate binds logins to; null on a plain connection.</summary>
    public byte[]? ChannelBinding { get; private init; }

    /// <param name="server">Where to.</param>
    /// <param name="seal">Whether it seals.</param>
    /// <param name="from">Which of this machine's addresses it comes from; null for whichever.</param>
    public static async Task<WireClient> ConnectAsync(EndPoint server, bool seal = false, string? from = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (from is not null)
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(server);
        return new WireClient(socket, new NetworkStream(socket, ownsSocket: true), seal);
    }

    public static async Task<WireClient> ConnectTlsAsync(EndPoint server, bool seal = false)
    {
        WireClient plain = await ConnectAsync(server);
        X509Certificate2? shown = null;
        var tls = new SslStream(plain.Stream, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                shown = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
                return true;
            },
        }).WaitAsync(Patience);
        using (shown)
            return new WireClient(plain.Socket, tls, seal) { ChannelBinding = Wire.ChannelBinding.TlsServerEndPoint(shown!) };
    }

    public async Task SendAsync(params byte[][] pieces)
    {
        using var limit = new CancellationTokenSource(Patience);
        await Stream.WriteAsync(pieces.Length == 1 ? pieces[0] : [.. pieces.SelectMany(piece => piece)], limit.Token);
    }

    /// <summary>Sends a header, sealed where this client seals, and whatever follows it.</summary>
    public Task SendAsync(string json, params byte[] body) => SendAsync(IsSealed ? Frame.Sealed(json) : Frame.Of(json), body);

    /// <summary>Sends a header and reads its answer.</summary>
    public async Task<Answer> AskAsync(string json, params byte[] body)
    {
        await SendAsync(json, body);
        return await ReadAsync();
    }

    /// <summary>A whole small file.</summary>
    public Task<Answer> PutAsync(string path, byte[] content) =>
        AskAsync($$"""{"cmd":"put","id":{{_nextId++}},"path":"{{path}}","body":{{content.Length}},"crc32c":"{{Frame.Sum(content)}}"}""", content);

    public Task<Answer> GetAsync(string path) => AskAsync($$"""{"cmd":"get","id":{{_nextId++}},"path":"{{path}}"}""");

    /// <summary>The next reply with its body.</summary>
    /// <exception cref="EndOfStreamException">The server has closed.</exception>
    public async Task<Answer> ReadAsync()
    {
        Reply? reply = null;
        var body = new MemoryStream();
        while (true)
        {
            FrameItem item = _decoder.Read(_here.Span, out int consumed);
            _here = _here[consumed..];
            switch (item)
            {
                case FrameItem.NeedMore:
                    await FillAsync();
                    break;
                case FrameItem.Header:
                    reply = _decoder.Message!;
                    if (reply.Body.IsNone)
                        return new Answer(reply, [], null, false);
                    break;
                case FrameItem.Body:
                    if (_here.IsEmpty)
                        await FillAsync();
                    int taken = (int)Math.Min(_here.Length, _decoder.BodyRemaining);
                    body.Write(_here.Span[..taken]);
                    _here = _here[taken..];
                    _decoder.Advance(taken);
                    break;
                default:
                    return new Answer(reply!, body.ToArray(), _decoder.Trailer, item == FrameItem.Abandoned);
            }
        }
    }

    /// <summary>Begins a request and returns once the server waits for the rest of it: only then does it send the answer before.</summary>
    public async Task BeginAsync(string json, params byte[] firstPart)
    {
        await SendAsync(Frame.Of("""{"cmd":"ping","id":999}"""), Frame.Of(json), firstPart);
        Assert.Equal(999, (await ReadAsync()).Id);
    }

    /// <summary>Waits for the server's close. What it still says is thrown away.</summary>
    public async Task<bool> IsClosedAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            while (await Stream.ReadAsync(_buffer, limit.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset closes as well.
        }

        return true;
    }

    /// <summary>Logs in by SCRAM; returns the last answer.</summary>
    public async Task<Answer> LoginAsync(string name, string password, byte[]? otherBinding = null)
    {
        var scram = new ScramClient(name, password, otherBinding ?? ChannelBinding, serverHasPlus: true);
        Answer challenge = await AskAsync($$"""{"cmd":"auth","id":1,"mechanism":"{{scram.Mechanism}}","scram":"{{scram.First()}}"}""");
        if (challenge.Reply.Status != ReplyStatus.Continue)
            return challenge;
        Answer last = await AskAsync($$"""{"cmd":"auth","id":2,"scram":"{{scram.Final(challenge.Reply.Scram!)}}"}""");
        if (last.IsOk)
            scram.Verify(last.Reply.Scram!);
        return last;
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    private async Task FillAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        int count = await Stream.ReadAsync(_buffer, limit.Token);
        if (count == 0)
            throw new EndOfStreamException("The server has closed the connection.");
        _here = _buffer.AsMemory(0, count);
    }
}
