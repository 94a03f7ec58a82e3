using System.Text;

namespace Argosy.Wire;

/// <summary>How names, passwords and binary values are written in SCRAM messages (RFC 5802 sections 5.1 and 7).</summary>
public static class ScramText
{
    /// <summary>
    /// Names and passwords in the one form in which they are compared, NFKC. So the ligature U+FB01 is "fi", and what one
    /// keyboard composes equals what another sends in two parts.
    /// </summary>
    /// <exception cref="ArgumentException">The text has a lone surrogate.</exception>
    /// <exception cref="InvalidOperationException">This process cannot normalize (invariant globalization): passwords would
    /// silently stop to match.</exception>
    public static string Normalize(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        if ("\uFB01".Normalize(NormalizationForm.FormKC) != "fi")
            throw new InvalidOperationException(LoginText.NoNormalization);
        return text.Normalize(NormalizationForm.FormKC);
    }

    /// <summary>A name as a saslname: no comma and no equals sign stand for themselves.</summary>
    internal static string EscapeName(string name) =>
        name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);

    internal static string UnescapeName(string escaped)
    {
        var name = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '=')
                name.Append(escaped[i]);
            else if (escaped.AsSpan(i).StartsWith("=2C", StringComparison.Ordinal))
                (_, i) = (name.Append(','), i + 2);
            else if (escaped.AsSpan(i).StartsWith("=3D", StringComparison.Ordinal))
                (_, i) = (name.Append('='), i + 2);
            else
                throw Malformed(LoginText.Form.EqualsSign);
        }

        return name.ToString();
    }

    internal static byte[] DecodeBase64(string text) =>
        CanonicalBase64.Decode(Encoding.UTF8.GetBytes(text)) ?? throw Malformed(LoginText.Form.NotBase64);

    internal static WireException Malformed(string what) => new(WireError.BadRequest, LoginText.Malformed(what));
}
