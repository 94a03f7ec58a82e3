using System.Security.Cryptography;

namespace Argosy.Wire;

/// <summary>
/// The server's side of one SCRAM-SHA-256 login (RFC 5802, RFC 7677): <see cref="Start"/>, look the name up,
/// <see cref="Challenge"/>, <see cref="Finish"/>. It costs next to nothing: the derivation is the client's. For an unknown name
/// give a stable salt, the usual iterations and random keys: nothing then differs but the outcome.
/// </summary>
public sealed class ScramServer
{
    private static readonly string[] Flags = ["n", "y", ScramMechanism.BindingFlag];

    private readonly byte[]? _channelBinding;
    private readonly string _ownNonce;
    private string? _gs2Header, _firstBare, _nonce, _serverFirst;
    private byte[]? _storedKey, _serverKey;

    /// <summary>Prepares for one login; a second try needs a second instance.</summary>
    /// <param name="channelBinding">Under TLS <see cref="ChannelBinding.TlsServerEndPoint"/> of the own certificate; null on a
    /// plain connection.</param>
    /// <param name="nonce">Only for test vectors: the server's part of the nonce. Left out, it is random.</param>
    public ScramServer(byte[]? channelBinding = null, string? nonce = null)
    {
        _channelBinding = channelBinding;
        _ownNonce = nonce ?? ScramKeys.NewNonce();
    }

    /// <summary>Reads the client-first-message.</summary>
    /// <param name="mechanism">One of <see cref="ScramMechanism"/>.</param>
    /// <param name="clientFirst">As the client sent it.</param>
    /// <returns>The account's name, normalized (<see cref="ScramText.Normalize"/>).</returns>
    /// <exception cref="WireException">The message is malformed, the mechanism is not for this connection, or the login was
    /// downgraded.</exception>
    public string Start(string mechanism, string clientFirst)
    {
        var flag = CheckMechanism(mechanism, clientFirst);
        var rest = clientFirst[(flag.Length + 1)..];
        var comma = rest.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
            throw ScramText.Malformed(LoginText.Form.EndsEarly);

        _gs2Header = clientFirst[..(flag.Length + 1 + comma + 1)];
        _firstBare = rest[(comma + 1)..];
        var reader = new ScramReader(_firstBare);
        var name = Name(reader.Take('n'));
        _nonce = reader.TakeNonce() + _ownNonce;
        reader.SkipExtensions();
        if (comma > 0 && (!rest.StartsWith("a=", StringComparison.Ordinal) || Name(rest[2..comma]) != name))
            throw new WireException(WireError.LoginFailed, LoginText.ActsAsAnother);
        return name;
    }

    /// <summary>Makes the server-first-message from what is stored of the account.</summary>
    public string Challenge(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey)
    {
        if (_nonce is null)
            throw new InvalidOperationException("Challenge comes after Start.");
        (_storedKey, _serverKey) = (storedKey, serverKey);
        return _serverFirst = $"r={_nonce},s={Convert.ToBase64String(salt)},i={iterations}";
    }

    /// <summary>Judges the client-final-message.</summary>
    /// <returns>The server-final-message: the login succeeded.</returns>
    /// <exception cref="WireException"><see cref="WireError.LoginFailed"/>, always with the same message; or the client's
    /// message is malformed.</exception>
    public string Finish(string clientFinal)
    {
        if (_serverFirst is null)
            throw new InvalidOperationException("Finish comes after Challenge.");
        var reader = new ScramReader(clientFinal);
        var binding = ScramText.DecodeBase64(reader.Take('c'));
        var nonce = reader.TakeNonce();
        reader.SkipExtensions(last: 'p');
        var proof = ScramText.DecodeBase64(reader.Take('p'));
        reader.End();

        // The proof is the last attribute and base64 has no comma: what is before it is what was signed.
        var withoutProof = clientFinal[..clientFinal.LastIndexOf(",p=", StringComparison.Ordinal)];
        var authMessage = $"{_firstBare},{_serverFirst},{withoutProof}";
        if (!IsProof(proof, authMessage)
            | !CryptographicOperations.FixedTimeEquals(binding, ScramKeys.BindingInput(_gs2Header!, _channelBinding))
            | !string.Equals(nonce, _nonce, StringComparison.Ordinal))
            throw new WireException(WireError.LoginFailed, LoginText.Failed);
        return $"v={Convert.ToBase64String(ScramKeys.Sign(_serverKey!, authMessage))}";
    }

    private bool IsProof(byte[] proof, string authMessage)
    {
        if (proof.Length != ScramKeys.Length)
            return false;
        var clientKey = ScramKeys.Xor(proof, ScramKeys.Sign(_storedKey!, authMessage));
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(clientKey), _storedKey);
    }

    /// <summary>The table of RFC 5802 section 6: which flag goes with which mechanism on which connection.</summary>
    private string CheckMechanism(string mechanism, string clientFirst)
    {
        var flag = clientFirst.Split(',', 2)[0];
        var plus = mechanism == ScramMechanism.Plus;
        if (mechanism != ScramMechanism.Plain && !(plus && _channelBinding is not null))
            throw new WireException(
                WireError.Unsupported,
                plus ? LoginText.PlusNeedsTls : LoginText.UnknownMechanism);
        if (flag.StartsWith("p=", StringComparison.Ordinal) && flag != ScramMechanism.BindingFlag)
            throw new WireException(WireError.Unsupported, LoginText.OtherBinding);
        if (!Flags.Contains(flag) || clientFirst.Length == flag.Length)
            throw ScramText.Malformed(LoginText.Form.Flag);
        if (plus != (flag[0] == 'p'))
            throw ScramText.Malformed(LoginText.Form.Contradiction);
        // Who says y could bind, so it speaks TLS to somebody, and was told that this server does not bind. It does, wherever it
        // has TLS itself.
        if (flag == "y")
            throw new WireException(
                WireError.LoginFailed,
                LoginText.Downgraded);
        return flag;
    }

    private static string Name(string escaped)
    {
        try
        {
            return ScramText.Normalize(ScramText.UnescapeName(escaped));
        }
        catch (ArgumentException)
        {
            throw ScramText.Malformed(LoginText.Form.LoneSurrogate);
        }
    }
}
