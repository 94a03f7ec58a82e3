using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Win32.SafeHandles;
using static Argosy.Kernel.OpenSsl;

namespace Argosy.Kernel;

/// <summary>What the sessions of one end have in common: an SSL_CTX. One serves many sessions, on any threads.</summary>
public sealed unsafe partial class TlsContext : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int Mode = 33; // SSL_CTRL_MODE
    private const int Modes = 0x1 | 0x2 | 0x10; // SSL_MODE_ENABLE_PARTIAL_WRITE, _ACCEPT_MOVING_WRITE_BUFFER, _RELEASE_BUFFERS
    private const int SessionCacheMode = 44; // SSL_CTRL_SET_SESS_CACHE_MODE
    private const int ChainCertificate = 89; // SSL_CTRL_CHAIN_CERT
    private const int LeastVersion = 123; // SSL_CTRL_SET_MIN_PROTO_VERSION
    private const int GreatestVersion = 124; // SSL_CTRL_SET_MAX_PROTO_VERSION
    private const ulong NoTicket = 1 << 14, NoRenegotiation = 1 << 30, ServerPreference = 1 << 22, NoCompression = 1 << 17;
    private const int SessionAppData = TlsMemory.SessionIdBytes;

    private byte* _protocols;

    private TlsContext()
        : base(ownsHandle: true)
    {
        SetHandle(SSL_CTX_new(TLS_method()));
        if (IsInvalid) throw new TlsException(TakeError());
        SSL_CTX_ctrl(handle, Mode, Modes, 0);
        SSL_CTX_set_options(handle, NoRenegotiation | ServerPreference | NoCompression);
    }

    /// <summary>For servers.</summary>
    /// <param name="versions">Versions of TLS, 0x303 to 0x304, the least and the greatest.</param>
    /// <param name="protocols">Of ALPN, by preference, as RFC 7301, section 3.1, lists them; empty for none.</param>
    /// <param name="asksForCertificate">Whether clients are asked for a certificate.</param>
    /// <param name="resumes">Whether sessions can be resumed by tickets.</param>
    /// <param name="waitsForName">Whether the handshake stops for a certificate to be chosen once the client's wish is known.</param>
    public static TlsContext ForServers(
        (int Least, int Greatest) versions, ReadOnlySpan<byte> protocols, bool asksForCertificate, bool resumes, bool waitsForName)
    {
        var context = new TlsContext();
        context.SetVersions(versions);
        SSL_CTX_ctrl(context.handle, SessionCacheMode, 0, 0);
        if (!resumes) SSL_CTX_set_options(context.handle, NoTicket);
        if (!resumes) SetTicketCount(context.handle, 0);
        fixed (byte* id = "argosy"u8) SSL_CTX_set_session_id_context(context.handle, id, 6);
        SSL_CTX_set_session_ticket_cb(context.handle, &OnTicket, 0, 0);
        if (asksForCertificate) context.AskForCertificate();
        if (waitsForName) SSL_CTX_set_client_hello_cb(context.handle, &OnHello, 0);
        if (!protocols.IsEmpty) context.SelectProtocols(protocols);
        return context;
    }

    /// <summary>For clients; every one judges the certificate of its server itself.</summary>
    /// <inheritdoc cref="ForServers"/>
    public static TlsContext ForClients((int Least, int Greatest) versions)
    {
        var context = new TlsContext();
        context.SetVersions(versions);
        SSL_CTX_ctrl(context.handle, SessionCacheMode, 0, 0);
        context.AskForCertificate();
        return context;
    }

    /// <summary>The certificate that this end shows, with its key and the certificates between it and its authority.</summary>
    /// <exception cref="TlsException">It has no key that OpenSSL can use, or the two do not fit.</exception>
    [SupportedOSPlatform("linux")]
    public void Show(X509Certificate2 certificate, IEnumerable<X509Certificate2> chain)
    {
        using var key = KeyOf(certificate);
        UseCertificate(certificate, x509 => SSL_CTX_use_certificate(handle, x509) == 1);
        if (SSL_CTX_use_PrivateKey(handle, key.DangerousGetHandle()) != 1) throw new TlsException(TakeError());
        foreach (var link in chain) UseCertificate(link, x509 => SSL_CTX_ctrl(handle, ChainCertificate, 1, x509) == 1);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        SSL_CTX_free(handle);
        NativeMemory.Free(_protocols);
        return true;
    }

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_CTX_set_num_tickets")]
    private static partial int SetTicketCount(nint context, nuint count);

    [SupportedOSPlatform("linux")]
    private static SafeEvpPKeyHandle KeyOf(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? key = certificate.GetRSAPrivateKey() ?? (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey();
        return key switch
        {
            RSAOpenSsl rsa => rsa.DuplicateKeyHandle(),
            ECDsaOpenSsl ec => ec.DuplicateKeyHandle(),
            _ => throw new TlsException("the certificate has no key that OpenSSL can use"),
        };
    }

    private static void UseCertificate(X509Certificate2 certificate, Func<nint, bool> use)
    {
        var der = certificate.RawDataMemory.Span;
        fixed (byte* start = der)
        {
            var at = start;
            var x509 = d2i_X509(0, &at, der.Length);
            try
            {
                if (x509 == 0 || !use(x509)) throw new TlsException(TakeError());
            }
            finally
            {
                X509_free(x509);
            }
        }
    }

    private void SetVersions((int Least, int Greatest) versions)
    {
        SSL_CTX_ctrl(handle, LeastVersion, versions.Least, 0);
        SSL_CTX_ctrl(handle, GreatestVersion, versions.Greatest, 0);
    }

    private void AskForCertificate()
    {
        SSL_CTX_set_verify(handle, 1, 0); // SSL_VERIFY_PEER: a client without one is judged by whoever asked
        SSL_CTX_set_cert_verify_callback(handle, &OnCertificate, 0);
    }

    private void SelectProtocols(ReadOnlySpan<byte> protocols)
    {
        _protocols = (byte*)NativeMemory.Alloc((nuint)protocols.Length + sizeof(int));
        *(int*)_protocols = protocols.Length;
        protocols.CopyTo(new Span<byte>(_protocols + sizeof(int), protocols.Length));
        SSL_CTX_set_alpn_select_cb(handle, &OnProtocols, (nint)_protocols);
    }

    [UnmanagedCallersOnly]
    private static int OnProtocols(nint ssl, byte** chosen, byte* length, byte* offered, uint offeredLength, nint ours)
    {
        const int negotiated = 1, accepted = 0, fatal = 2; // OPENSSL_NPN_NEGOTIATED, SSL_TLSEXT_ERR_OK, SSL_TLSEXT_ERR_ALERT_FATAL
        var found = SSL_select_next_proto(chosen, length, (byte*)ours + sizeof(int), (uint)*(int*)ours, offered, offeredLength);
        return found == negotiated ? accepted : fatal;
    }

    /// <summary>Stops the handshake the first time, so that whoever runs it can choose a certificate outside of these frames.</summary>
    [UnmanagedCallersOnly]
    private static int OnHello(nint ssl, int* alert, nint argument)
    {
        const int goOn = 1, retry = -1; // SSL_CLIENT_HELLO_SUCCESS, SSL_CLIENT_HELLO_RETRY
        var memory = TlsMemory.Of(ssl);
        if (memory->MayAnswerHello != 0) return goOn;
        byte* data;
        nuint length;
        if (SSL_client_hello_get0_ext(ssl, 0, &data, &length) == 1 && length is > 5 and < 300) // RFC 6066, section 3: list, type, name
        {
            memory->HelloName = (byte*)NativeMemory.Alloc(length);
            memory->HelloNameLength = (int)length;
            NativeMemory.Copy(data, memory->HelloName, length);
        }

        return retry;
    }

    /// <summary>A client stops for the judgement; a server, which cannot, judges when the handshake is done.</summary>
    [UnmanagedCallersOnly]
    private static int OnCertificate(nint store, nint argument)
    {
        const int retryVerify = 136, verified = 0, rejected = 28; // SSL_CTRL_SET_RETRY_VERIFY, X509_V_OK, X509_V_ERR_CERT_REJECTED
        var ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
        var memory = TlsMemory.Of(ssl);
        X509_STORE_CTX_set_error(store, memory->Verdict < 0 ? rejected : verified);
        if (memory->IsClient != 0 && memory->Verdict == 0) SSL_ctrl(ssl, retryVerify, 0, 0);
        return memory->Verdict < 0 ? 0 : 1;
    }

    /// <summary>Each ticket carries the id of the session that was agreed on first, however often it is resumed.</summary>
    [UnmanagedCallersOnly]
    private static int OnTicket(nint ssl, nint argument)
    {
        var session = SSL_get_session(ssl);
        void* data;
        nuint length;
        if (SSL_SESSION_get0_ticket_appdata(session, &data, &length) == 1 && length == SessionAppData) return 1;
        return SSL_SESSION_set1_ticket_appdata(session, TlsMemory.Of(ssl)->Id, SessionAppData);
    }
}
