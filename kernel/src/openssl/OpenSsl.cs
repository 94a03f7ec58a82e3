using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Argosy.Kernel;

/// <summary>What is called of libssl and libcrypto: the instance that .NET has loaded itself, so keys and certificates can be shared.</summary>
public static unsafe partial class OpenSsl
{
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    internal const int WantRead = 2; // SSL_ERROR_*, SSL_get_error(3)
    internal const int WantWrite = 3;
    internal const int ZeroReturn = 6;
    internal const int WantClientHello = 11;
    internal const int WantRetryVerify = 12;

    /// <summary>Whether there is an OpenSSL 3 here and .NET uses the same.</summary>
    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && IsShared();

    /// <summary>Whether TLS is OpenSSL's own interface: where it is available, unless ARGOSY_TLS=sslstream is in the environment.</summary>
    public static bool IsUsed { get; } = IsAvailable && Environment.GetEnvironmentVariable("ARGOSY_TLS") != "sslstream";

    [SupportedOSPlatform("linux")]
    private static bool IsShared()
    {
        try
        {
            return NativeLibrary.TryLoad(Ssl, out _) && NativeLibrary.TryLoad(Crypto, out var crypto)
                && NativeLibrary.TryGetExport(crypto, "OpenSSL_version_num", out var number)
                && ((delegate* unmanaged<nuint>)number)() == (nuint)SafeEvpPKeyHandle.OpenSslVersion;
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    /// <summary>The words of the oldest error of this thread; the others are forgotten.</summary>
    internal static string TakeError() => TakeError(out _);

    /// <inheritdoc cref="TakeError()"/>
    /// <param name="code">The error's number: 2^23 times its library, and its reason (ERR_GET_LIB(3)).</param>
    internal static string TakeError(out nuint code)
    {
        code = ERR_get_error();
        ERR_clear_error();
        if (code == 0) return "OpenSSL gave no reason";
        var text = ERR_reason_error_string(code);
        return text == 0 ? $"OpenSSL error {code:x}" : Marshal.PtrToStringUTF8(text)!;
    }

    [LibraryImport(Crypto)] internal static partial nuint ERR_get_error();
    [LibraryImport(Crypto)] internal static partial void ERR_clear_error();
    [LibraryImport(Crypto)] internal static partial nint ERR_reason_error_string(nuint code);
    [LibraryImport(Crypto)] internal static partial nint BIO_meth_new(int type, byte* name);
    [LibraryImport(Crypto)] internal static partial int BIO_meth_set_read(nint method, delegate* unmanaged<nint, byte*, int, int> read);
    [LibraryImport(Crypto)] internal static partial int BIO_meth_set_write(nint method, delegate* unmanaged<nint, byte*, int, int> write);
    [LibraryImport(Crypto)] internal static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged<nint, int, nint, nint, nint> control);
    [LibraryImport(Crypto)] internal static partial nint BIO_new(nint method);
    [LibraryImport(Crypto)] internal static partial void BIO_set_data(nint bio, void* data);
    [LibraryImport(Crypto)] internal static partial void* BIO_get_data(nint bio);
    [LibraryImport(Crypto)] internal static partial void BIO_set_init(nint bio, int value);
    [LibraryImport(Crypto)] internal static partial void BIO_set_flags(nint bio, int flags);
    [LibraryImport(Crypto)] internal static partial void BIO_clear_flags(nint bio, int flags);
    [LibraryImport(Crypto)] internal static partial nint d2i_X509(nint reuse, byte** data, nint length);
    [LibraryImport(Crypto)] internal static partial int i2d_X509(nint certificate, byte** data);
    [LibraryImport(Crypto)] internal static partial void X509_free(nint certificate);
    [LibraryImport(Crypto)] internal static partial nint X509_STORE_CTX_get_ex_data(nint store, int index);
    [LibraryImport(Crypto)] internal static partial void X509_STORE_CTX_set_error(nint store, int error);
    [LibraryImport(Crypto)] internal static partial int OPENSSL_sk_num(nint stack);
    [LibraryImport(Crypto)] internal static partial nint OPENSSL_sk_value(nint stack, int index);

    [LibraryImport(Ssl)] internal static partial nint TLS_method();
    [LibraryImport(Ssl)] internal static partial nint SSL_CTX_new(nint method);
    [LibraryImport(Ssl)] internal static partial void SSL_CTX_free(nint context);
    [LibraryImport(Ssl)] internal static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);
    [LibraryImport(Ssl)] internal static partial ulong SSL_CTX_set_options(nint context, ulong options);
    [LibraryImport(Ssl)] internal static partial int SSL_CTX_use_certificate(nint context, nint certificate);
    [LibraryImport(Ssl)] internal static partial int SSL_CTX_use_PrivateKey(nint context, nint key);
    [LibraryImport(Ssl)] internal static partial void SSL_CTX_set_verify(nint context, int mode, nint callback);
    [LibraryImport(Ssl)] internal static partial void SSL_CTX_set_cert_verify_callback(nint context, delegate* unmanaged<nint, nint, int> verify, nint argument);
    [LibraryImport(Ssl)] internal static partial void SSL_CTX_set_client_hello_cb(nint context, delegate* unmanaged<nint, int*, nint, int> hello, nint argument);
    [LibraryImport(Ssl)]
    internal static partial void SSL_CTX_set_alpn_select_cb(
        nint context, delegate* unmanaged<nint, byte**, byte*, byte*, uint, nint, int> select, nint argument);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_set_session_ticket_cb(nint context, delegate* unmanaged<nint, nint, int> generate, nint decrypt, nint argument);

    [LibraryImport(Ssl)] internal static partial int SSL_CTX_set_session_id_context(nint context, byte* id, uint length);
    [LibraryImport(Ssl)] internal static partial int SSL_select_next_proto(byte** chosen, byte* length, byte* ours, uint oursLength, byte* theirs, uint theirsLength);
    [LibraryImport(Ssl)] internal static partial nint SSL_new(nint context);
    [LibraryImport(Ssl)] internal static partial void SSL_free(nint ssl);
    [LibraryImport(Ssl)] internal static partial void SSL_set_bio(nint ssl, nint read, nint write);
    [LibraryImport(Ssl)] internal static partial nint SSL_get_rbio(nint ssl);
    [LibraryImport(Ssl)] internal static partial void SSL_set_accept_state(nint ssl);
    [LibraryImport(Ssl)] internal static partial void SSL_set_connect_state(nint ssl);
    [LibraryImport(Ssl)] internal static partial nint SSL_set_SSL_CTX(nint ssl, nint context);
    [LibraryImport(Ssl)] internal static partial nint SSL_ctrl(nint ssl, int command, nint number, nint pointer);
    [LibraryImport(Ssl)] internal static partial int SSL_do_handshake(nint ssl);
    [LibraryImport(Ssl)] internal static partial int SSL_read(nint ssl, byte* buffer, int length);
    [LibraryImport(Ssl)] internal static partial int SSL_write(nint ssl, byte* buffer, int length);
    [LibraryImport(Ssl)] internal static partial int SSL_shutdown(nint ssl);
    [LibraryImport(Ssl)] internal static partial int SSL_get_error(nint ssl, int result);
    [LibraryImport(Ssl)] internal static partial int SSL_pending(nint ssl);
    [LibraryImport(Ssl)] internal static partial int SSL_has_pending(nint ssl);
    [LibraryImport(Ssl)] internal static partial byte* SSL_rstate_string(nint ssl);
    [LibraryImport(Ssl)] internal static partial int SSL_version(nint ssl);
    [LibraryImport(Ssl)] internal static partial nint SSL_get_current_cipher(nint ssl);
    [LibraryImport(Ssl)] internal static partial ushort SSL_CIPHER_get_protocol_id(nint cipher);
    [LibraryImport(Ssl)] internal static partial void SSL_get0_alpn_selected(nint ssl, byte** protocol, uint* length);
    [LibraryImport(Ssl)] internal static partial int SSL_set_alpn_protos(nint ssl, byte* protocols, uint length);
    [LibraryImport(Ssl)] internal static partial nint SSL_get_servername(nint ssl, int type);
    [LibraryImport(Ssl)] internal static partial nint SSL_get1_peer_certificate(nint ssl);
    [LibraryImport(Ssl)] internal static partial nint SSL_get_peer_cert_chain(nint ssl);
    [LibraryImport(Ssl)] internal static partial int SSL_session_reused(nint ssl);
    [LibraryImport(Ssl)] internal static partial nint SSL_get_session(nint ssl);
    [LibraryImport(Ssl)] internal static partial int SSL_SESSION_set1_ticket_appdata(nint session, void* data, nuint length);
    [LibraryImport(Ssl)] internal static partial int SSL_SESSION_get0_ticket_appdata(nint session, void** data, nuint* length);
    [LibraryImport(Ssl)] internal static partial int SSL_get_ex_data_X509_STORE_CTX_idx();
    [LibraryImport(Ssl)] internal static partial int SSL_client_hello_get0_ext(nint ssl, uint type, byte** data, nuint* length);
}
