using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using static Argosy.Kernel.OpenSsl;

namespace Argosy.Kernel;

/// <summary>
/// One TLS session over a transport that does not wait; neither does anything here. One receive serves many records and many records leave by
/// one send. Any thread; two at once take turns.
/// </summary>
public sealed unsafe class TlsEngine : IDisposable
{
    private const int LargestRecord = 16 * 1024; // RFC 8446, section 5.1
    private const int Again = -11; // -EAGAIN
    private const int SetHostName = 55; // SSL_CTRL_SET_TLSEXT_HOSTNAME
    private const nuint Alerts = (20 << 23) + 1000; // ERR_LIB_SSL and SSL_AD_REASON_OFFSET

    private readonly Lock _turn = new();
    private readonly TlsContext _context; // held: callbacks read what it owns
    private nint _ssl;
    private TlsMemory* _memory;
    private TlsContext? _chosen;
    private int _receiveSize = TlsQueue.Small;

    private TlsEngine(TlsContext context, bool isClient)
    {
        _context = context;
        var isHeld = false;
        context.DangerousAddRef(ref isHeld);
        _memory = (TlsMemory*)NativeMemory.AllocZeroed((nuint)sizeof(TlsMemory));
        _memory->IsClient = isClient ? 1 : 0;
        RandomNumberGenerator.Fill(new Span<byte>(_memory->Id, TlsMemory.SessionIdBytes));
        _ssl = SSL_new(context.DangerousGetHandle());
        var bio = TlsMemory.NewBio(_memory);
        SSL_set_bio(_ssl, bio, bio);
    }

    /// <summary>A server's side of a session.</summary>
    public static TlsEngine ForServer(TlsContext context)
    {
        var engine = new TlsEngine(context, isClient: false);
        SSL_set_accept_state(engine._ssl);
        return engine;
    }

    /// <summary>A client's side of a session.</summary>
    /// <param name="context">What it has in common with others.</param>
    /// <param name="name">The name to ask for (SNI); empty for none.</param>
    /// <param name="protocols">Of ALPN, as RFC 7301, section 3.1, lists them; empty for none.</param>
    public static TlsEngine ForClient(TlsContext context, string name, ReadOnlySpan<byte> protocols)
    {
        var engine = new TlsEngine(context, isClient: true);
        SSL_set_connect_state(engine._ssl);
        if (name.Length > 0)
        {
            var text = Marshal.StringToCoTaskMemUTF8(name);
            SSL_ctrl(engine._ssl, SetHostName, 0, text);
            Marshal.FreeCoTaskMem(text);
        }

        fixed (byte* list = protocols)
        {
            if (!protocols.IsEmpty) SSL_set_alpn_protos(engine._ssl, list, (uint)protocols.Length);
        }

        return engine;
    }

    /// <summary>Why a step failed, in OpenSSL's words.</summary>
    public string Error { get; private set; } = "";

    /// <summary>The alert (RFC 8446, section 6) by which the peer ended it; null where it sent none.</summary>
    public int? Alert { get; private set; }

    /// <summary>The errno of the transport's failure.</summary>
    public int Errno { get; private set; }

    /// <summary>Whether a read may find something without the transport.</summary>
    public bool HasInput { get; private set; }

    /// <summary>The version of TLS agreed on: 0x303 for 1.2, 0x304 for 1.3.</summary>
    public int Version => SSL_version(_ssl);

    /// <summary>The cipher suite's number.</summary>
    public int CipherSuite => SSL_get_current_cipher(_ssl) is not 0 and var cipher ? SSL_CIPHER_get_protocol_id(cipher) : 0;

    /// <summary>Whether the handshake took up an earlier session.</summary>
    public bool IsResumed => SSL_session_reused(_ssl) == 1;

    /// <summary>The name that the client asked for; empty for none.</summary>
    public string ServerName => Marshal.PtrToStringUTF8(SSL_get_servername(_ssl, 0)) ?? "";

    /// <summary>The protocol agreed on by ALPN; empty for none.</summary>
    public byte[] Protocol
    {
        get
        {
            byte* data;
            uint length;
            SSL_get0_alpn_selected(_ssl, &data, &length);
            return new ReadOnlySpan<byte>(data, (int)length).ToArray();
        }
    }

    /// <summary>
    /// Says which session this is, on the server's side: that which was agreed on first, on however many connections it is resumed. It travels
    /// in the tickets, which the server alone can read.
    /// </summary>
    public byte[] SessionId
    {
        get
        {
            void* data;
            nuint length;
            return IsResumed && SSL_SESSION_get0_ticket_appdata(SSL_get_session(_ssl), &data, &length) == 1 && length > 0
                ? new ReadOnlySpan<byte>(data, (int)length).ToArray()
                : new ReadOnlySpan<byte>(_memory->Id, TlsMemory.SessionIdBytes).ToArray();
        }
    }

    /// <summary>The peer's certificate and what it sent with it, the peer's own first.</summary>
    public IReadOnlyList<X509Certificate2> PeerCertificates()
    {
        lock (_turn)
        {
            var found = new List<X509Certificate2>();
            var own = SSL_get1_peer_certificate(_ssl);
            if (own != 0) found.Add(Load(own));
            X509_free(own);
            var chain = SSL_get_peer_cert_chain(_ssl);
            for (var i = 0; chain != 0 && i < OPENSSL_sk_num(chain); i++)
            {
                var link = Load(OPENSSL_sk_value(chain, i));
                if (found.Count > 0 && found[0].RawDataMemory.Span.SequenceEqual(link.RawDataMemory.Span)) link.Dispose();
                else found.Add(link);
            }

            return found;
        }
    }

    /// <summary>The name that waits for a certificate, on <see cref="TlsStep.WantChoice"/>; null for none.</summary>
    public string? NameToChooseFor =>
        _memory->HelloName is null ? null : System.Text.Encoding.ASCII.GetString(_memory->HelloName + 5, _memory->HelloNameLength - 5);

    /// <summary>The answer to <see cref="TlsStep.WantChoice"/>.</summary>
    public void Choose(TlsContext context)
    {
        var isHeld = false;
        context.DangerousAddRef(ref isHeld);
        _chosen = context;
        SSL_set_SSL_CTX(_ssl, context.DangerousGetHandle());
        _memory->MayAnswerHello = 1;
    }

    /// <summary>The answer to <see cref="TlsStep.WantJudgement"/>.</summary>
    public void Judge(bool isGood) => _memory->Verdict = isGood ? 1 : -1;

    /// <summary>A step of the handshake.</summary>
    public TlsStep Handshake(ITlsTransport transport)
    {
        lock (_turn)
        {
            while (true)
            {
                if (_ssl == 0) return Gone();
                ERR_clear_error();
                var result = SSL_do_handshake(_ssl);
                var step = result == 1 ? TlsStep.Done : StepOf(result);
                var sent = Flush(transport);
                if (step == TlsStep.Failed) return step; // the alert went out, or could not
                if (sent != TlsStep.Done) return sent;
                if (step == TlsStep.WantRead) step = Fill(transport);
                else NoteInput();
                if (step == TlsStep.Done && result != 1) continue;
                return step;
            }
        }
    }

    /// <summary>Reads what has arrived, up to the buffer's size, and as much as there is of it.</summary>
    public (TlsStep Step, int Count) Read(ITlsTransport transport, Span<byte> buffer)
    {
        lock (_turn)
        {
            var count = 0;
            var step = TlsStep.Done;
            fixed (byte* start = buffer)
            {
                while (step == TlsStep.Done && count < buffer.Length)
                {
                    if (_ssl == 0) return (Gone(), count);
                    ERR_clear_error();
                    var result = SSL_read(_ssl, start + count, buffer.Length - count);
                    if (result > 0) count += result;
                    else if ((step = StepOf(result)) == TlsStep.WantRead) step = Fill(transport);
                }
            }

            NoteInput();
            if (step is TlsStep.WantRead && _memory->Leaving.Count > 0) Flush(transport);
            return (step, count);
        }
    }

    /// <summary>Encrypts what there is room for and sends: how much of the data was taken, and whether all that was taken has left.</summary>
    public (TlsStep Step, int Count) Write(ITlsTransport transport, ReadOnlySpan<byte> data)
    {
        lock (_turn)
        {
            if (_ssl == 0) return (Gone(), 0);
            var count = 0;
            ref var leaving = ref _memory->Leaving;
            if (data.Length > LargestRecord) leaving.MakeRoom(TlsQueue.Large - leaving.Count);
            fixed (byte* start = data)
            {
                while (count < data.Length && leaving.To < TlsQueue.Large - TlsQueue.Small)
                {
                    ERR_clear_error();
                    var result = SSL_write(_ssl, start + count, Math.Min(LargestRecord, data.Length - count));
                    if (result <= 0) return (StepOf(result), count);
                    count += result;
                }
            }

            return (Flush(transport), count);
        }
    }

    /// <summary>Sends what waits to be sent.</summary>
    public TlsStep Send(ITlsTransport transport)
    {
        lock (_turn) return _ssl == 0 ? Gone() : Flush(transport);
    }

    /// <summary>Says that nothing more will follow (close_notify).</summary>
    public TlsStep Shutdown(ITlsTransport transport)
    {
        lock (_turn)
        {
            if (_ssl == 0) return Gone();
            ERR_clear_error();
            if (SSL_shutdown(_ssl) < 0 && StepOf(-1) is TlsStep.Failed) return TlsStep.Failed;
            return Flush(transport);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            if (_ssl == 0) return;
            SSL_free(_ssl);
            _ssl = 0;
            _memory->Arrived.Free();
            _memory->Leaving.Free();
            NativeMemory.Free(_memory->HelloName);
            NativeMemory.Free(_memory);
            _memory = null;
            HasInput = false;
            _chosen?.DangerousRelease();
            _context.DangerousRelease();
        }
    }

    private static X509Certificate2 Load(nint certificate)
    {
        var der = new byte[i2d_X509(certificate, null)];
        fixed (byte* start = der)
        {
            var at = start;
            i2d_X509(certificate, &at);
        }

        return X509CertificateLoader.LoadCertificate(der);
    }

    private TlsStep Gone()
    {
        Errno = 9; // EBADF
        return TlsStep.TransportFailed;
    }

    private TlsStep StepOf(int result)
    {
        switch (SSL_get_error(_ssl, result))
        {
            case WantRead: return TlsStep.WantRead;
            case WantWrite: return TlsStep.WantWrite;
            case ZeroReturn: return TlsStep.Closed;
            case WantClientHello: return TlsStep.WantChoice;
            case WantRetryVerify: return TlsStep.WantJudgement;
            default:
                Error = TakeError(out var code);
                if (code is > Alerts and < Alerts + 256) Alert = (int)(code - Alerts);
                return TlsStep.Failed;
        }
    }

    /// <summary>OpenSSL has taken all that had arrived: what more there is comes by one receive.</summary>
    private TlsStep Fill(ITlsTransport transport)
    {
        ref var arrived = ref _memory->Arrived;
        if (arrived.Size != _receiveSize) arrived.Free();
        (arrived.From, arrived.To) = (0, 0);
        arrived.MakeRoom(_receiveSize);
        var count = transport.Receive(new Span<byte>(arrived.Start, arrived.Size));
        if (count > 0)
        {
            arrived.To = count;
            _receiveSize = count == arrived.Size ? TlsQueue.Large : count <= TlsQueue.Small ? TlsQueue.Small : _receiveSize;
            return TlsStep.Done;
        }

        arrived.Free();
        if (count == Again) return TlsStep.WantRead;
        if (count < 0) return TransportFailed(count);
        if (SSL_has_pending(_ssl) == 0 && SSL_rstate_string(_ssl)[1] == (byte)'H') return TlsStep.Ended; // between records: "RH"
        Error = "the connection ended within a record";
        return TlsStep.Failed;
    }

    private TlsStep Flush(ITlsTransport transport)
    {
        ref var leaving = ref _memory->Leaving;
        while (leaving.Count > 0)
        {
            var count = transport.Send(new ReadOnlySpan<byte>(leaving.Start + leaving.From, leaving.Count));
            if (count == Again) return TlsStep.WantWrite;
            if (count < 0) return TransportFailed(count);
            leaving.From += count;
        }

        leaving.Free();
        return TlsStep.Done;
    }

    private TlsStep TransportFailed(int error)
    {
        Errno = -error;
        return TlsStep.TransportFailed;
    }

    private void NoteInput()
    {
        _memory->Arrived.Trim();
        HasInput = _memory->Arrived.Count > 0 || SSL_pending(_ssl) > 0;
    }
}
