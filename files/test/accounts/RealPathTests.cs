namespace Argosy.Files.Tests;

public sealed class RealPathTests : IDisposable
{
    private readonly Premises _premises = new();

    [Fact]
    public void Links_are_resolved_wherever_they_stand_and_what_is_missing_is_taken_as_written()
    {
        var root = RealPath.Of(_premises.Root);
        Directory.CreateDirectory(Path.Combine(root, "a", "b"));
        Directory.CreateSymbolicLink(Path.Combine(root, "link"), "a/b/../b");
        Directory.CreateSymbolicLink(Path.Combine(root, "absolute"), Path.Combine(root, "a"));

        Assert.Equal(Path.Combine(root, "a", "b", "x", "y"), RealPath.Of(Path.Combine(root, "link", "x", "y")));
        Assert.Equal(Path.Combine(root, "a", "b"), RealPath.Of(Path.Combine(root, "absolute", "b") + "/"));
        Assert.Equal(root, RealPath.Of(Path.Combine(root, "missing", "..", ".")));
    }

    [Fact]
    public void Dots_behind_a_link_mean_the_targets_parent()
    {
        var root = RealPath.Of(_premises.Root);
        Directory.CreateDirectory(Path.Combine(root, "a", "b"));
        Directory.CreateSymbolicLink(Path.Combine(root, "one"), "a/b");
        Directory.CreateSymbolicLink(Path.Combine(root, "two"), "one/..");

        Assert.Equal(Path.Combine(root, "a"), RealPath.Of(Path.Combine(root, "two")));
    }

    [Fact]
    public void Links_in_a_circle_end()
    {
        Directory.CreateSymbolicLink(Path.Combine(_premises.Root, "x"), "y");
        Directory.CreateSymbolicLink(Path.Combine(_premises.Root, "y"), "x");

        Assert.Throws<IOException>(() => RealPath.Of(Path.Combine(_premises.Root, "x")));
    }

    [Theory]
    [InlineData("/srv", "/srv/a", true)]
    [InlineData("/srv", "/srv", true)]
    [InlineData("/srv", "/srv-old", false)]
    [InlineData("/srv/a", "/srv", false)]
    [InlineData("/", "/srv", true)]
    public void Containment_goes_by_component(string outer, string inner, bool contains)
    {
        if (!OperatingSystem.IsWindows()) Assert.Equal(contains, RealPath.Contains(outer, inner));
    }

    public void Dispose() => _premises.Dispose();
}
