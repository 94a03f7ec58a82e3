using Argosy.Cli.Shell;
using Argosy.Cli.Transfer;
using Argosy.Client;
using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Cli.Tests.Shell;

/// <summary>Words and their quotes.</summary>
public sealed class WordTests
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(new Replay(new Rnd(2026, 7373), Microsoft.FSharp.Core.FSharpOption<int>.None));

    // Strings in which quotes, wildcards, controls, halves of surrogate pairs and everything else are likely.
    private static readonly Arbitrary<string> Texts = Gen.OneOf(
            Gen.Elements("'\"\\$ \t\n*?[]~#-/ax0u;&\u0000\u001b\u0085\u202e\ud83d\ude00\udc80\udcff\ud800é漢".ToCharArray()),
            ArbMap.Default.GeneratorFor<char>())
        .ArrayOf().Select(characters => new string(characters)).ToArbitrary();

    [Fact]
    public void What_is_quoted_is_read_as_it_was() => Prop.ForAll(Texts, text => WordScanner.Split(Quoting.Of(text)) is [var word] && word.Text == text && word.Pattern is null)
        .Check(Repeatable);

    [Fact]
    public void Several_words_stay_apart() => Prop.ForAll(Texts, Texts, (one, two) =>
            WordScanner.Split($" {Quoting.Of(one)}\t{Quoting.Of(two)} # {one}".Replace('\n', ' ')).Take(2).Select(word => word.Text).SequenceEqual([one, two]))
        .Check(Repeatable);

    [Theory]
    [InlineData("")]
    [InlineData("'")]
    [InlineData("\"")]
    [InlineData("$'")]
    public void What_a_completion_writes_into_open_quotes_is_read_as_it_was(string open) => Prop.ForAll(Texts, text =>
        {
            var quote = WordScanner.SplitUnfinished(open).Open;
            var (begun, end) = Quoting.Begin(quote, text);
            return text.Length == 0 || (WordScanner.Split(begun + end) is [var word] && word.Text == text && word.Pattern is null);
        }).Check(Repeatable);

    [Fact]
    public void What_is_quoted_is_safe_for_a_terminal() => Prop.ForAll(Texts, text =>
        {
            var quoted = Quoting.Of(text);
            return Client.Terminal.Escape(quoted).Replace(@"\\", @"\", StringComparison.Ordinal) == quoted;
        }).Check(Repeatable);

    [Fact]
    public void Bytes_and_text_are_the_same_either_way() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
            ByteText.ToBytes(ByteText.OfBytes(bytes)).AsSpan().SequenceEqual(bytes))
        .Check(Repeatable);

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("  # all comment", new string[0])]
    [InlineData("put a b", new[] { "put", "a", "b" })]
    [InlineData("put 'a b' \"c d\" e\\ f", new[] { "put", "a b", "c d", "e f" })]
    [InlineData("a#b #c", new[] { "a#b" })]
    [InlineData("a'b'\"c\"\\d", new[] { "abcd" })]
    [InlineData("\"a\\\"b\\\\c\\d\"", new[] { "a\"b\\c\\d" })]
    [InlineData("$'a\\nb\\'c\\x41\\u00e9'", new[] { "a\nb'cAé" })]
    [InlineData("'' \"\"", new[] { "", "" })]
    [InlineData("a\\", new[] { "a\\" })]
    [InlineData("$a$", new[] { "$a$" })]
    public void Lines_are_taken_apart_as_a_shell_does(string line, string[] words) =>
        Assert.Equal(words, WordScanner.Split(line).Select(word => word.Text));

    [Fact]
    public void A_name_that_is_no_text_can_be_said()
    {
        var name = WordScanner.Split(@"$'caf\xe9\xc3'").Single().Text;
        Assert.Equal([.. "caf"u8, 0xe9, 0xc3], ByteText.ToBytes(name));
        Assert.Equal(@"$'caf\xe9\xc3'", Quoting.Of(name));
        Assert.Equal(@"caf\xe9\xc3", Terminal.Escape(name));
        Assert.Equal(name, LocalNames.One(WordScanner.Split(@"$'caf\xe9\xc3'").Single()));
    }

    [Theory]
    [InlineData("*.jpg", "*.jpg")]
    [InlineData("'*'.jpg", null)]
    [InlineData("\\*.jpg", null)]
    [InlineData("'*'*?", "[*]*?")]
    [InlineData("\"[\"*", "[[]*")]
    public void Wildcards_count_where_they_are_not_quoted(string word, string? pattern) => Assert.Equal(pattern, WordScanner.Split(word).Single().Pattern);

    [Theory]
    [InlineData("'a")]
    [InlineData("\"a")]
    [InlineData("$'a")]
    [InlineData("a 'b\" c")]
    public void A_quote_that_is_never_closed_is_refused(string line) => Assert.Throws<UsageException>(() => WordScanner.Split(line));

    [Theory]
    [InlineData("~", true)]
    [InlineData("~/x", true)]
    [InlineData("'~'/x", false)]
    [InlineData("\\~", false)]
    public void A_tilde_counts_where_it_is_not_quoted(string word, bool isAtHome) => Assert.Equal(isAtHome, WordScanner.Split(word).Single().IsAtHome);

    [Theory]
    [InlineData("/", "", "/")]
    [InlineData("/a", "b", "/a/b")]
    [InlineData("/a", "b/", "/a/b/")]
    [InlineData("/a/b", "..", "/a/")]
    [InlineData("/a/b", "../c", "/a/c")]
    [InlineData("/a", "../../..", "/")]
    [InlineData("/a", "/x//y/./z", "/x/y/z")]
    [InlineData("/a", ".", "/a/")]
    public void Names_mean_places_in_a_folder(string folder, string name, string place) =>
        Assert.Equal(place, RemoteFolders.Resolve(folder, System.Text.Encoding.UTF8.GetBytes(name)).ToString());

    [Theory]
    [InlineData("/photos", 80, "alex@host:/photos> ")]
    [InlineData("/a/very/long/place", 40, "…/place> ")]
    [InlineData("/averyveryverylongname", 30, "> ")]
    public void A_prompt_leaves_room_to_type(string folder, int columns, string prompt) => Assert.Equal(prompt, ShellPrompt.Of("alex@host", folder, columns));
}
