namespace Argosy.Examples.Tests;

/// <summary>The dispatcher and the page about it name every example.</summary>
public class CatalogTests
{
    public static TheoryData<string> Names => [.. Catalog.All.Select(example => example.Name)];

    [Fact]
    public async Task Help_lists_every_example_with_its_lesson()
    {
        var (code, output, _) = await ExampleProcess.RunAsync("--help");
        Assert.Equal(0, code);
        foreach (var example in Catalog.All) Assert.Single(output, line => line == $"  {example.Name,-18}{example.Teaches}");
    }

    [Fact]
    public async Task An_unknown_name_gets_a_suggestion()
    {
        var (code, _, errors) = await ExampleProcess.RunAsync("fanout");
        Assert.Equal(2, code);
        Assert.Contains("'fan-out'", errors);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_readme_tells_of_every_example_and_links_its_file(string name)
    {
        var file = Catalog.Find(name)!.Main.Method.DeclaringType!.Name + ".cs";
        var path = Path.GetRelativePath(Room, Directory.GetFiles(Path.Combine(Room, "src"), file, SearchOption.AllDirectories).Single());
        Assert.Contains($"[`{name}`]({path})", File.ReadAllText(Path.Combine(Room, "README.md")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_example_is_short(string name)
    {
        var file = Catalog.Find(name)!.Main.Method.DeclaringType!.Name + ".cs";
        Assert.InRange(File.ReadLines(Directory.GetFiles(Path.Combine(Room, "src"), file, SearchOption.AllDirectories).Single()).Count(), 10, 110);
    }

    private static string Room
    {
        get
        {
            for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
                if (File.Exists(Path.Combine(folder, "Argosy.slnx"))) return Path.Combine(folder, "examples");
            throw new InvalidOperationException("The tests run from within the repository");
        }
    }
}
