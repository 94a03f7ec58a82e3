using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Files.Tests;

public sealed class PermissionTextTests
{
    [Theory]
    [InlineData("read,list", Permissions.Read | Permissions.List)]
    [InlineData("read-only", Permissions.Read | Permissions.List)]
    [InlineData("all", Permissions.Default)]
    [InlineData("default", Permissions.Default)]
    [InlineData("All, exec", Permissions.Default | Permissions.Execute)]
    [InlineData(" Write , MKDIR ", Permissions.Write | Permissions.MakeFolder)]
    [InlineData("none", Permissions.None)]
    public void Words_and_presets_are_understood(string text, Permissions permissions) => Assert.Equal(permissions, PermissionText.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("read,")]
    [InlineData("rwx")]
    [InlineData("1")]
    public void Anything_else_is_refused_with_the_known_words(string text) =>
        Assert.Contains("overwrite", Assert.Throws<FormatException>(() => PermissionText.Parse(text)).Message);

    [Fact]
    public void All_never_means_exec() => Assert.False(PermissionText.Parse("all").HasFlag(Permissions.Execute));

    [Fact]
    public void What_allows_nothing_is_kept_and_not_offered()
    {
        Assert.Equal("read,exec", PermissionText.Format(PermissionText.Parse("exec,read")));
        Assert.DoesNotContain("exec", PermissionText.Vocabulary, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_combination_reads_back() =>
        Prop.ForAll(Gen.Choose(0, 511).ToArbitrary(), bits => PermissionText.Parse(PermissionText.Format((Permissions)bits)) == (Permissions)bits)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(600).WithReplay(1, 3));
}
