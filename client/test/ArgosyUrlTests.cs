using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Client.Tests;

public sealed class ArgosyUrlTests
{
    private const string Hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Theory]
    [InlineData("argosy://host", null, "host", 7373, "/")]
    [InlineData("argosy://host/", null, "host", 7373, "/")]
    [InlineData("argosy://alex@host:99/a/b", "alex", "host", 99, "/a/b")]
    [InlineData("ARGOSY://Host.Example:7373/A", null, "host.example", 7373, "/A")]
    [InlineData("argosy://host:/a", null, "host", 7373, "/a")]
    [InlineData("argosy://[::1]/x", null, "::1", 7373, "/x")]
    [InlineData("argosy://[::1]:1/x", null, "::1", 1, "/x")]
    [InlineData("argosy://127.0.0.1:65535", null, "127.0.0.1", 65535, "/")]
    [InlineData("argosy://a%40b%3Ac@host/", "a@b:c", "host", 7373, "/")]
    [InlineData("argosy://a@b@host/", "a@b", "host", 7373, "/")]
    [InlineData("argosy://host/what?x=1&y", null, "host", 7373, "/what?x=1&y")]
    [InlineData("argosy://host/a b", null, "host", 7373, "/a b")]
    [InlineData("argosy://host/a%20b+c", null, "host", 7373, "/a b+c")]
    [InlineData("argosy://host/100%25", null, "host", 7373, "/100%")]
    [InlineData("argosy://host/%2541", null, "host", 7373, "/%41")]
    [InlineData("argosy://host/%23tag", null, "host", 7373, "/#tag")]
    [InlineData("argosy://host/me@home:1", null, "host", 7373, "/me@home:1")]
    [InlineData("argosy://host//a//", null, "host", 7373, "//a//")]
    [InlineData("argosy://host/größe/🚢", null, "host", 7373, "/größe/🚢")]
    [InlineData("argosy://host/a%0ab", null, "host", 7373, "/a\nb")]
    [InlineData("argosy://bücher.example/", null, "xn--bcher-kva.example", 7373, "/")]
    public void A_url_names_user_host_port_and_path(string text, string? user, string host, int port, string path)
    {
        var url = ArgosyUrl.Parse(text);
        Assert.Equal((user, host, port), (url.User, url.Host, url.Port));
        Assert.Equal(path, Encoding.UTF8.GetString(url.Path.Bytes.Span));
        Assert.False(url.IsPlain);
        Assert.Null(url.Fingerprint);
    }

    [Fact]
    public void Plain_is_its_own_scheme() => Assert.True(ArgosyUrl.Parse("argosy+plain://host/").IsPlain);

    [Fact]
    public void Escapes_reach_bytes_that_are_no_text() =>
        Assert.Equal([(byte)'/', 0xff, 0xfe], ArgosyUrl.Parse("argosy://h/%FF%fe").Path.Bytes.ToArray());

    [Theory]
    [InlineData("argosy://host/a#sha256:" + Hex, "/a")]
    [InlineData("argosy://host#sha256:" + Hex, "/")]
    [InlineData("argosy://host/%23#SHA256:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=", "/#")]
    public void A_fragment_is_the_only_key_to_accept(string text, string path)
    {
        var url = ArgosyUrl.Parse(text);
        Assert.Equal("sha256:" + Hex, url.Fingerprint?.ToString());
        Assert.Equal(path, url.Path.ToString());
    }

    [Theory]
    [InlineData("file.txt", "argosy://")]
    [InlineData("ftp://host/", "scheme")]
    [InlineData("argosy:///path", "host is missing")]
    [InlineData("argosy://alex:secret@host/", "--password-stdin")]
    [InlineData("argosy://@host/", "before the @")]
    [InlineData("argosy://host:0/", "port")]
    [InlineData("argosy://host:65536/", "port")]
    [InlineData("argosy://host:+1/", "port")]
    [InlineData("argosy://host:80x/", "port")]
    [InlineData("argosy://::1/", "brackets")]
    [InlineData("argosy://[::1/", "closed")]
    [InlineData("argosy://[127.0.0.1]/", "IPv6")]
    [InlineData("argosy://[::1]7373/", "port")]
    [InlineData("argosy://ho st/", "host name")]
    [InlineData("argosy://ho\u001bst/", "host name")]
    [InlineData("argosy://host/%", "%25")]
    [InlineData("argosy://host/%4", "%25")]
    [InlineData("argosy://host/%zz", "%25")]
    [InlineData("argosy://host/%00", "NUL")]
    [InlineData("argosy://host/a#part", "%23")]
    [InlineData("argosy://host/a#sha256:12", "%23")]
    [InlineData("argosy://%ff@host/", "UTF-8")]
    public void A_wrong_url_says_what_to_write(string text, string advice)
    {
        var message = Assert.Throws<FormatException>(() => ArgosyUrl.Parse(text)).Message;
        Assert.Contains(advice, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', message);
        Assert.False(ArgosyUrl.TryParse(text, out _));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() =>
        Assert.Contains("half a character", Assert.Throws<FormatException>(() => ArgosyUrl.Parse("argosy://host/\ud800")).Message);

    [Fact]
    public void A_refused_password_is_not_repeated() =>
        Assert.DoesNotContain("secret", Assert.Throws<FormatException>(() => ArgosyUrl.Parse("argosy://alex:secret@host/")).Message);

    [Fact]
    public void Whatever_bytes_a_path_has_its_url_parses_to_the_same()
    {
        Check.One(Properties.Repeatable, Prop.ForAll<byte[], bool, ushort>((bytes, plain, port) =>
        {
            var url = new ArgosyUrl
            {
                Host = port % 2 == 0 ? "host.example" : "fe80::1",
                Port = Math.Max((int)port, 1),
                IsPlain = plain,
                User = port % 3 == 0 ? null : "a@b:%#/ü",
                Path = RemotePath.FromBytes((byte[])[(byte)'/', .. bytes.Where(value => value != 0)]),
                Fingerprint = port % 5 == 0 ? Fingerprint.Parse("sha256:" + Hex) : null,
            };
            var text = url.ToString();
            return ArgosyUrl.Parse(text) == url && text.All(character => character is > ' ' and < '\x7f');
        }));
    }

    [Fact]
    public void Whatever_text_is_given_only_a_format_error_comes() =>
        Check.One(Properties.Repeatable, Prop.ForAll<string>(text =>
        {
            ArgosyUrl.TryParse("argosy://" + text, out _);
            ArgosyUrl.TryParse(text ?? "", out _);
        }));
}
