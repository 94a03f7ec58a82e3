namespace Argosy.Wire;

/// <summary>
/// Walks through the attributes of a SCRAM message, <c>a=value,b=value</c> (RFC 5802 section 7). The order is fixed; unknown
/// attributes may stand where the grammar has extensions, <c>m</c> nowhere: it says that who does not understand it has to fail.
/// </summary>
internal ref struct ScramReader(string message)
{
    private const string Known = "anrcsipve";

    private ReadOnlySpan<char> _rest = message;
    private bool _ended;

    /// <summary>The value of the attribute that has to come next.</summary>
    internal string Take(char attribute)
    {
        var (name, value) = Next();
        if (name != attribute)
            throw Unexpected(name, attribute);
        return value;
    }

    /// <summary>Takes extensions until the end of the message, or until <paramref name="last"/>, which is not taken.</summary>
    internal void SkipExtensions(char last = '\0')
    {
        while (!_ended && !(last != '\0' && _rest.Length > 0 && _rest[0] == last))
        {
            var (name, _) = Next();
            if (name == 'm' || Known.Contains(name, StringComparison.Ordinal))
                throw Unexpected(name, '\0');
        }
    }

    internal readonly void End()
    {
        if (!_ended)
            throw ScramText.Malformed(LoginText.Form.Rest);
    }

    /// <summary>A nonce is printable ASCII without the comma.</summary>
    internal string TakeNonce()
    {
        var nonce = Take('r');
        if (nonce.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw ScramText.Malformed(LoginText.Form.Nonce);
        return nonce;
    }

    private (char Name, string Value) Next()
    {
        if (_ended)
            throw ScramText.Malformed(LoginText.Form.Missing);
        var comma = _rest.IndexOf(',');
        var attribute = comma < 0 ? _rest : _rest[..comma];
        _ended = comma < 0;
        _rest = comma < 0 ? default : _rest[(comma + 1)..];
        if (attribute.Length < 3 || !char.IsAsciiLetter(attribute[0]) || attribute[1] != '=' || attribute.Contains('\0'))
            throw ScramText.Malformed(LoginText.Form.NoAttribute);
        return (attribute[0], attribute[2..].ToString());
    }

    private static WireException Unexpected(char name, char wanted) => name == 'm'
        ? new WireException(WireError.Unsupported, LoginText.Extension)
        : ScramText.Malformed(wanted == '\0' ? LoginText.Form.Misplaced : LoginText.Form.Expected(wanted));
}
