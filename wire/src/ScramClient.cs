using System.Globalization;
using System.Security.Cryptography;

namespace Argosy.Wire;

/// <summary>
/// The client's side of one SCRAM-SHA-256 login (RFC 5802, RFC 7677): <see cref="First"/>, <see cref="Final"/>,
/// <see cref="Verify"/>, in this order. The password never leaves it.
/// </summary>
public sealed class ScramClient
{
    private readonly string _password;
    private readonly byte[]? _channelBinding;
    private readonly string _gs2Header;
    private readonly string _nonce;
    private readonly string _firstBare;
    private byte[]? _serverSignature;

    /// <summary>Prepares a login.</summary>
    /// <param name="name">The account's name.</param>
    /// <param name="password">Its password.</param>
    /// <param name="channelBinding">Under TLS <see cref="ChannelBinding.TlsServerEndPoint"/> of the server's certificate; null
    /// on a plain connection.</param>
    /// <param name="serverHasPlus">
    /// Whether the server offers <see cref="ScramMechanism.Plus"/>. If not, the message says that this client could have bound
    /// (<c>y</c>), so that a server that did offer it notices the relay between them (RFC 5802 section 6). Without channel
    /// binding it has no meaning.
    /// </param>
    /// <param name="nonce">Only for test vectors: the client's nonce. Left out, it is random.</param>
    /// <exception cref="ArgumentException">The name is empty, or name or password have a lone surrogate or a NUL.</exception>
    /// <exception cref="InvalidOperationException">See <see cref="ScramText.Normalize"/>.</exception>
    public ScramClient(
        string name, string password, byte[]? channelBinding = null, bool serverHasPlus = true, string? nonce = null)
    {
        name = ScramText.Normalize(name);
        ArgumentException.ThrowIfNullOrEmpty(name);
        _password = ScramText.Normalize(password);
        if (name.Contains('\0') || _password.Contains('\0'))
            throw new ArgumentException("Neither name nor password may have a NUL.");
        var binds = channelBinding is not null && serverHasPlus;
        _channelBinding = channelBinding;
        _gs2Header = binds ? ScramMechanism.BindingFlag + ",," : channelBinding is not null ? "y,," : "n,,";
        _nonce = nonce ?? ScramKeys.NewNonce();
        _firstBare = $"n={ScramText.EscapeName(name)},r={_nonce}";
        Mechanism = binds ? ScramMechanism.Plus : ScramMechanism.Plain;
    }

    /// <summary>The mechanism that the messages are of.</summary>
    public string Mechanism { get; }

    /// <summary>The client-first-message.</summary>
    public string First() => _gs2Header + _firstBare;

    /// <summary>Answers the server-first-message. Costs as many PBKDF2 rounds as the server says, within the bounds of
    /// <see cref="Limits"/>: keep it off a loop.</summary>
    /// <returns>The client-final-message.</returns>
    /// <exception cref="WireException">The message is malformed, its nonce is not ours, or its iterations are out of bounds.
    /// Nothing was derived.</exception>
    public string Final(string serverFirst)
    {
        var reader = new ScramReader(serverFirst);
        var nonce = reader.TakeNonce();
        var salt = ScramText.DecodeBase64(reader.Take('s'));
        var iterations = Iterations(reader.Take('i'));
        reader.SkipExtensions();
        if (nonce.Length <= _nonce.Length || !nonce.StartsWith(_nonce, StringComparison.Ordinal))
            throw new WireException(WireError.LoginFailed, LoginText.OtherLogin);

        var withoutProof = $"c={Convert.ToBase64String(ScramKeys.BindingInput(_gs2Header, _channelBinding))},r={nonce}";
        var authMessage = $"{_firstBare},{serverFirst},{withoutProof}";
        var salted = ScramKeys.SaltedPassword(_password, salt, iterations);
        var clientKey = ScramKeys.ClientKey(salted);
        var proof = ScramKeys.Xor(clientKey, ScramKeys.Sign(SHA256.HashData(clientKey), authMessage));
        _serverSignature = ScramKeys.Sign(ScramKeys.ServerKey(salted), authMessage);
        CryptographicOperations.ZeroMemory(salted);
        CryptographicOperations.ZeroMemory(clientKey);
        return $"{withoutProof},p={Convert.ToBase64String(proof)}";
    }

    /// <summary>Checks the server-final-message: only who has the account's keys can have signed it.</summary>
    /// <exception cref="WireException">The server does not know the account's keys: trust nothing that it says.</exception>
    /// <exception cref="InvalidOperationException">There was no <see cref="Final"/> before.</exception>
    public void Verify(string serverFinal)
    {
        if (_serverSignature is null)
            throw new InvalidOperationException("Verify comes after Final.");
        var reader = new ScramReader(serverFinal);
        var signature = ScramText.DecodeBase64(reader.Take('v'));
        reader.SkipExtensions();
        if (!CryptographicOperations.FixedTimeEquals(signature, _serverSignature))
            throw new WireException(WireError.LoginFailed, LoginText.UnknownServer);
    }

    private static int Iterations(string text)
    {
        // posit-number: no sign, no leading zero.
        if (text[0] == '0' || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            throw ScramText.Malformed(LoginText.Form.Iterations);
        var fits = int.TryParse(text, CultureInfo.InvariantCulture, out var count);
        if (fits && count is >= Limits.MinIterations and <= Limits.MaxIterations)
            return count;
        throw new WireException(WireError.LoginFailed, LoginText.Iterations);
    }
}
