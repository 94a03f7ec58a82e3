using System.Text;
using Argosy.Cli.Output;
using Argosy.Cli.Shell.Editing;
using Argosy.Cli.Shell.Verbs;

namespace Argosy.Cli.Tests.Shell;

/// <summary>What keys mean, and what they do to a line.</summary>
public sealed class EditingTests
{
    [Theory]
    [InlineData("\u001b[A", "Up")]
    [InlineData("\u001bOA", "Up")]
    [InlineData("\u001b[1;5D", "WordLeft")]
    [InlineData("\u001bb", "WordLeft")]
    [InlineData("\u001b[3~", "Delete")]
    [InlineData("\u007f", "Backspace")]
    [InlineData("\r", "Enter")]
    [InlineData("\u001b[99;7R\u001b[[Ax", "Text:x")]
    [InlineData("\u001b\u001b[A", "Up")]
    [InlineData("añ漢😀", "Text:añ漢😀")]
    [InlineData("ab\u0003c", "Text:ab Cancel Text:c")]
    [InlineData("\u001b[200~a\rb\u0003\u001b[201~c", "Paste:a\nb\u0003 Text:c")]
    public void Keys_are_told_apart_however_their_bytes_come(string sent, string keys)
    {
        var bytes = Encoding.UTF8.GetBytes(sent);
        Assert.Equal(keys, Show(new KeyDecoder().Take(bytes)));
        var decoder = new KeyDecoder();
        Assert.Equal(keys, Show(bytes.SelectMany(one => decoder.Take([one])).Aggregate(new List<Key>(), Join)));
    }

    [Fact]
    public void An_escape_that_nothing_follows_is_a_key_of_its_own()
    {
        var decoder = new KeyDecoder();
        Assert.Empty(decoder.Take([0x1b]));
        Assert.True(decoder.IsUndecided);
        decoder.GiveUp();
        Assert.Equal("Text:b", Show(decoder.Take("b"u8)));
    }

    [Theory]
    [InlineData("Text:abc Left Left Text:X", "aXbc", 2)]
    [InlineData("Text:one/two Home Delete End Backspace", "ne/tw", 5)]
    [InlineData("Text:put·one/two KillWord", "put·one/", 8)]
    [InlineData("Text:abc Left KillToStart End Yank", "cab", 3)]
    [InlineData("Text:one·two WordLeft KillToEnd Home Yank", "twoone·", 3)]
    [InlineData("Text:e\u0301😀 Backspace Backspace", "", 0)]
    [InlineData("Left Backspace Delete Right WordLeft WordRight KillWord", "", 0)]
    [InlineData("Paste:a\nb\n", "a\nb", 3)]
    public void Keys_change_the_line(string keys, string text, int cursor)
    {
        var line = new LineBuffer();
        foreach (var key in keys.Split(' ').Select(word => word.Split(':')))
            Assert.True(line.Do(new Key(Enum.Parse<KeyKind>(key[0]), key.ElementAtOrDefault(1)?.Replace('·', ' ') ?? "")));
        Assert.Equal((text.Replace('·', ' '), cursor), (line.Text, line.Cursor));
    }

    [Fact]
    public void Names_stand_beside_each_other_as_far_as_there_is_room()
    {
        Assert.Equal("a    ccc\nbb   漢\n", Columns.Of(["a", "bb", "ccc", "漢"], 9));
        Assert.Equal("aaaa\nb\n", Columns.Of(["aaaa", "b"], 3));
        Assert.Equal("1  4\n2  5\n3  6\n", Columns.Of(["1", "2", "3", "4", "5", "6"], 5, 3));
        Assert.Equal("1  2\n… and 4 more\n", Columns.Of(["1", "2", "3", "4", "5", "6"], 5, 2));
        Assert.Equal("", Columns.Of([], 80));
    }

    [Fact]
    public void Help_fits_a_usual_window_and_every_command_has_one()
    {
        var help = AllVerbs.List.Select(SessionVerbs.Help).Append(SessionVerbs.HelpOfAll()).ToList();
        Assert.All(help.SelectMany(text => text.Split('\n')), line => Assert.InRange(line.Length, 0, 79));
        Assert.All(AllVerbs.List, verb => Assert.StartsWith($"{verb.Name} {verb.Usage}".TrimEnd() + "\n", SessionVerbs.Help(verb), StringComparison.Ordinal));
        var words = AllVerbs.List.SelectMany(verb => verb.Aliases.Prepend(verb.Name)).ToList();
        Assert.Equal(words.Count, words.Distinct().Count());
        Assert.Empty("ls cd pwd mkdir put get rm mv lcd lls quota hash help quit list".Split(' ').Except(words));
    }

    [Fact]
    public void A_search_goes_back_and_stays_at_the_oldest()
    {
        var search = new HistorySearch(["put one", "ls", "put two"]);
        search.Do(new Key(KeyKind.Text, "PUT"));
        Assert.Equal("put two", search.Found);
        search.Do(new Key(KeyKind.Search));
        Assert.Equal("put one", search.Found);
        search.Do(new Key(KeyKind.Search));
        Assert.Equal("put one", search.Found);
        search.Do(new Key(KeyKind.Text, "x"));
        Assert.Null(search.Found);
        search.Do(new Key(KeyKind.Backspace));
        Assert.Equal("put two", search.Found);
    }

    [Fact]
    public async Task Shells_at_the_same_time_lose_none_of_their_lines()
    {
        using var home = new TempFolder();
        var path = home["state/history"];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(shell => Task.Run(() =>
        {
            var history = new History(path);
            for (var line = 0; line < 50; line++)
                history.Add($"line {shell} {line}");
        })));
        Assert.Equal(400, File.ReadAllLines(path).Distinct().Count());
    }

    [Fact]
    public void A_history_is_bounded_and_private_and_keeps_what_is_newest()
    {
        using var home = new TempFolder();
        var path = home.Write("history", string.Concat(Enumerable.Range(0, 2 * History.Most).Select(line => $"old {line}\n")));
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
        var history = new History(path);
        Assert.Equal(History.Most, history.Lines.Count);
        foreach (var line in (string[])["new", "new", " secret", ""])
            history.Add(line);
        var kept = File.ReadAllLines(path);
        Assert.Equal((History.Most, "new", $"old {(2 * History.Most) - 1}"), (kept.Length, kept[^1], kept[^2]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    private static string Show(IEnumerable<Key> keys) => string.Join(' ', keys.Select(key => key.Text.Length > 0 ? $"{key.Kind}:{key.Text}" : key.Kind.ToString()));

    // Text that came in pieces.
    private static List<Key> Join(List<Key> keys, Key next)
    {
        if (next.Kind == KeyKind.Text && keys is [.., { Kind: KeyKind.Text } last])
            keys[^1] = last with { Text = last.Text + next.Text };
        else
            keys.Add(next);
        return keys;
    }
}
