using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Files.Tests;

public sealed class RemotePathTests
{
    private static readonly Config Fixed = Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(20, 21);

    /// <summary>Bytes in which slashes and dots are frequent.</summary>
    private static Arbitrary<byte[]> Names { get; } = Gen
        .Frequency((4, Gen.Elements((byte)'/', (byte)'.')), (3, Gen.Elements((byte)'a', (byte)'b')), (1, Gen.Choose(1, 255).Select(value => (byte)value)))
        .ArrayOf()
        .Where(bytes => bytes.Length > 0)
        .ToArbitrary();

    [Theory]
    [InlineData("/", "a", "/a")]
    [InlineData("/a/b", "c", "/a/b/c")]
    [InlineData("/a/b", "/c", "/c")]
    [InlineData("/a/b", "..", "/a")]
    [InlineData("/a/b", "../../../..", "/")]
    [InlineData("/a", "./b//c/./", "/a/b/c")]
    [InlineData("/a", ".", "/a")]
    [InlineData("/a", "///", "/")]
    [InlineData("/a", "/../../etc/passwd", "/etc/passwd")]
    [InlineData("/", "...", "/...")]
    [InlineData("/", "..a", "/..a")]
    [InlineData("/", "~", "/~")]
    [InlineData("/", "a/..b/../c", "/a/c")]
    public void Names_resolve_against_a_folder(string folder, string name, string expected) =>
        Assert.Equal(expected, RemotePath.Resolve(RemotePath.Parse(folder), Encoding.UTF8.GetBytes(name)).ToString());

    [Fact]
    public void No_bytes_lead_above_the_home() => Prop.ForAll(Names, Names, (folder, name) =>
    {
        var path = RemotePath.Resolve(RemotePath.Resolve(RemotePath.Root, folder), name);
        var parts = Encoding.Latin1.GetString(path.Bytes.Span).Split('/');
        return path.IsRoot || !parts.Any(part => part is "" or "." or "..");
    }).Check(Fixed);

    [Fact]
    public void Resolving_again_changes_nothing() => Prop.ForAll(Names, name =>
    {
        var path = RemotePath.Resolve(RemotePath.Root, name);
        return path.IsRoot
            || (path.Equals(RemotePath.Resolve(RemotePath.Root, path.Bytes.Span)) && path.Equals(path.Parent.Child(path.Name.Span)));
    }).Check(Fixed);

    [Fact]
    public void A_path_lies_in_all_its_parents() => Prop.ForAll(Names, name =>
    {
        var path = RemotePath.Resolve(RemotePath.Root, name);
        for (var above = path; !above.IsRoot; above = above.Parent)
        {
            if (!above.Contains(path) || (above.Contains(above.Parent) && !above.Parent.Equals(above)))
            {
                return false;
            }
        }

        return RemotePath.Root.Contains(path);
    }).Check(Fixed);

    [Fact]
    public void Any_bytes_are_safe_to_show() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        Escaped.Text(bytes ?? []).All(character => character >= ' ' && character != '\x7f' && !char.IsControl(character))).Check(Fixed);

    [Theory]
    [InlineData("a\nb", "a\\x0ab")]
    [InlineData("\u001b[2J", "\\x1b[2J")]
    [InlineData("\u009b2J", "\\xc2\\x9b2J")]
    [InlineData("x\u202egnp.exe", "x\\xe2\\x80\\xaegnp.exe")]
    [InlineData("x\u2066y", "x\\xe2\\x81\\xa6y")]
    [InlineData("zero\u200bwidth", "zero\\xe2\\x80\\x8bwidth")]
    [InlineData("line\u2028end", "line\\xe2\\x80\\xa8end")]
    [InlineData("back\\x0a", "back\\\\x0a")]
    [InlineData("grün 😀 e\u0301", "grün 😀 e\u0301")]
    public void Text_is_shown_and_tricks_are_escaped(string name, string shown) =>
        Assert.Equal("/" + shown, RemotePath.Parse(name).ToString());

    [Fact]
    public void Bytes_that_are_no_text_are_escaped_one_by_one() =>
        Assert.Equal("/\\xff\\xc3(", RemotePath.Resolve(RemotePath.Root, [0xff, 0xc3, (byte)'(']).ToString());

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_component_has_at_most_255_bytes(int length, bool valid) => Assert.Equal(valid, IsValid(new string('x', length)));

    [Theory]
    [InlineData(4095, true)]
    [InlineData(4096, false)]
    public void A_path_has_at_most_4096_bytes_with_its_end(int length, bool valid)
    {
        var path = string.Join('/', Enumerable.Repeat(new string('x', 200), 30))[..length];
        Assert.Equal(valid, IsValid(path));
        Assert.Equal(valid, IsValid(path, RemotePath.Parse("sub/..")));
    }

    [Fact]
    public void Empty_names_and_NUL_are_refused()
    {
        Assert.False(IsValid(""));
        Assert.False(IsValid("a\0b"));
    }

    [Fact]
    public void Siblings_with_a_common_beginning_do_not_contain_each_other()
    {
        Assert.False(RemotePath.Parse("a").Contains(RemotePath.Parse("ab")));
        Assert.True(RemotePath.Parse("a").Contains(RemotePath.Parse("a/b")));
        Assert.True(RemotePath.Parse("a").Contains(RemotePath.Parse("a")));
        Assert.False(RemotePath.Parse("a/b").Contains(RemotePath.Parse("a")));
    }

    [Fact]
    public void Equal_bytes_are_equal_paths()
    {
        Assert.Equal(RemotePath.Parse("/a/b/"), RemotePath.Parse("a//b"));
        Assert.Equal(RemotePath.Parse("/a/b/").GetHashCode(), RemotePath.Parse("a//b").GetHashCode());
        Assert.NotEqual(RemotePath.Parse("e\u0301"), RemotePath.Parse("\u00e9"));
    }

    private static bool IsValid(string name, RemotePath? folder = null)
    {
        try
        {
            RemotePath.Resolve(folder ?? RemotePath.Root, Encoding.UTF8.GetBytes(name));
            return true;
        }
        catch (FileException refused)
        {
            Assert.Equal(FileError.BadName, refused.Error);
            return false;
        }
    }
}
