using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Argosy.Client;

/// <summary>
/// Where something lies: <c>argosy://[user@]host[:port]/path[#sha256:…]</c>. With <c>argosy+plain</c> the connection is not
/// encrypted. The path is percent-decoded once into bytes; <c>?</c> is an ordinary character and a space may stand as it is.
/// </summary>
/// <example>
/// <code>
/// var url = ArgosyUrl.Parse("argosy://alex@files.example/reports/May 2026.pdf");
/// await using var client = await FileClient.ConnectAsync(url, new ClientOptions());
/// await client.GetAsync(url.Path, "May 2026.pdf");
/// </code>
/// </example>
public sealed record ArgosyUrl
{
    /// <summary>The port of the native protocol where a URL names none.</summary>
    public const int DefaultPort = 7373;

    /// <summary>The scheme with TLS, which is the default.</summary>
    public const string Scheme = "argosy";

    /// <summary>The scheme without TLS; a server must have been told to allow it.</summary>
    public const string PlainScheme = "argosy+plain";

    /// <summary>True where the connection is not encrypted.</summary>
    public bool IsPlain { get; init; }

    /// <summary>The account; null means anonymous.</summary>
    public string? User { get; init; }

    /// <summary>A host name in its ASCII form or an address without brackets.</summary>
    public required string Host { get; init; }

    /// <summary>1 to 65,535.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The place in the home, at least <c>/</c>.</summary>
    public RemotePath Path { get; init; } = RemotePath.Root;

    /// <summary>The only public key that is accepted, when the URL says one.</summary>
    public Fingerprint? Fingerprint { get; init; }

    /// <summary><c>host:port</c>, an IPv6 address in brackets: the key under which a server's pin is kept.</summary>
    public string Authority => $"{BracketedHost}:{Port.ToString(CultureInfo.InvariantCulture)}";

    private string BracketedHost => Host.Contains(':') ? $"[{Host}]" : Host;

    /// <summary>True when a text means to be a URL of this kind, well formed or not.</summary>
    public static bool Looks(string text) =>
        text.StartsWith(Scheme + "://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith(PlainScheme + "://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a URL.</summary>
    /// <exception cref="FormatException">It is not one; the message says what to write instead.</exception>
    public static ArgosyUrl Parse(string text)
    {
        var separator = text.IndexOf("://", StringComparison.Ordinal);
        var plain = separator switch
        {
            < 0 => throw new FormatException(UrlText.NotAUrl(text)),
            _ when text.AsSpan(0, separator).Equals(Scheme, StringComparison.OrdinalIgnoreCase) => false,
            _ when text.AsSpan(0, separator).Equals(PlainScheme, StringComparison.OrdinalIgnoreCase) => true,
            _ => throw new FormatException(
                $"{UrlText.Quoted(text.AsSpan(0, separator))} is not a scheme of Argosy: write argosy://host/path, or argosy+plain://host/path "
                + "for a server without TLS."),
        };
        var rest = text.AsSpan(separator + 3);
        var hash = rest.IndexOf('#');
        var fingerprint = hash < 0 ? null : ParseFragment(rest[(hash + 1)..]);
        if (hash >= 0)
            rest = rest[..hash];
        var slash = rest.IndexOf('/');
        var (user, host, port) = ParseAuthority(slash < 0 ? rest : rest[..slash]);
        return new ArgosyUrl
        {
            IsPlain = plain,
            User = user,
            Host = host,
            Port = port,
            Path = slash < 0 ? RemotePath.Root : RemotePath.FromBytes(PercentCode.Decode(rest[slash..], "path")),
            Fingerprint = fingerprint,
        };
    }

    /// <summary>As <see cref="Parse"/>, but false instead of an exception.</summary>
    public static bool TryParse(string text, out ArgosyUrl? url)
    {
        try
        {
            url = Parse(text);
            return true;
        }
        catch (FormatException)
        {
            url = null;
            return false;
        }
    }

    /// <summary>The URL with everything escaped that a shell, a terminal or another program could misread; parses to an equal one.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(IsPlain ? PlainScheme : Scheme).Append("://");
        if (User is not null)
            text.Append(PercentCode.Encode(Encoding.UTF8.GetBytes(User), keep: "")).Append('@');
        text.Append(BracketedHost);
        if (Port != DefaultPort)
            text.Append(':').Append(Port.ToString(CultureInfo.InvariantCulture));
        text.Append(PercentCode.Encode(Path.Bytes.Span, keep: "/"));
        if (Fingerprint is not null)
            text.Append('#').Append(Fingerprint);
        return text.ToString();
    }

    private static Fingerprint ParseFragment(ReadOnlySpan<char> fragment) =>
        Client.Fingerprint.TryParse(fragment, out var fingerprint)
            ? fingerprint
            : throw new FormatException(
                $"{UrlText.Quoted($"#{fragment}")} is not a fingerprint (#sha256: and 64 hexadecimal digits); write a # that belongs to a name as %23.");

    private static (string? User, string Host, int Port) ParseAuthority(ReadOnlySpan<char> authority)
    {
        var at = authority.LastIndexOf('@');
        var user = at < 0 ? null : ParseUser(authority[..at]);
        var place = authority[(at + 1)..];
        return place.StartsWith('[') ? ParseBracketed(user, place) : ParseNamed(user, place);
    }

    private static string ParseUser(ReadOnlySpan<char> text)
    {
        if (text.Contains(':'))
            throw new FormatException("A URL carries no password: others could read it. Leave it out; it is asked for, or read from "
                                      + "ARGOSY_PASSWORD or with --password-stdin.");
        if (text.IsEmpty)
            throw new FormatException("There is no name before the @: write argosy://name@host/, or leave out the @ to be anonymous.");
        return PercentCode.DecodeText(text, "user name");
    }

    private static (string? User, string Host, int Port) ParseBracketed(string? user, ReadOnlySpan<char> place)
    {
        var end = place.IndexOf(']');
        if (end < 0)
            throw new FormatException("The bracket of the address is never closed: write argosy://[::1]/.");
        var text = PercentCode.DecodeText(place[1..end], "address");
        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            throw new FormatException($"{UrlText.Quoted(text)} is not an IPv6 address; brackets are for these alone.");
        return (user, address.ToString(), ParsePort(place[(end + 1)..]));
    }

    private static (string? User, string Host, int Port) ParseNamed(string? user, ReadOnlySpan<char> place)
    {
        var colon = place.IndexOf(':');
        if (colon >= 0 && place[(colon + 1)..].Contains(':'))
            throw new FormatException($"Write an IPv6 address in brackets: argosy://[{Terminal.Escape(place.ToString())}]/.");
        var host = colon < 0 ? place : place[..colon];
        return (user, ParseHost(host.ToString()), colon < 0 ? DefaultPort : ParsePort(place[colon..]));
    }

    private static string ParseHost(string host)
    {
        if (host.Length == 0)
            throw new FormatException("The host is missing: write argosy://host/path.");
        try
        {
            if (!Ascii.IsValid(host))
                host = new IdnMapping().GetAscii(host);
        }
        catch (ArgumentException)
        {
            throw NoHost(host);
        }

        foreach (var character in host)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '.' or '_'))
                throw NoHost(host);
        }

        return host.ToLowerInvariant();
    }

    private static FormatException NoHost(string host) => new($"{UrlText.Quoted(host)} is not a host name or address.");

    private static int ParsePort(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text is ":")
            return DefaultPort;
        return text[0] == ':'
               && int.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
               && port is >= 1 and <= 65535
            ? port
            : throw new FormatException($"{UrlText.Quoted(text)} is not a port: write a colon and a number from 1 to 65535.");
    }

}
