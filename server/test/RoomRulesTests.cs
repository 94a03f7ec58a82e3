using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Argosy.Server.Tests;

/// <summary>Who may know whom: the map in docs/architecture.md, asserted on the project files and the sources.</summary>
public partial class RoomRulesTests
{
    internal static readonly string Repository = FindRepository();

    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["kernel"] = [],
        ["sockets"] = ["kernel", "ledger"],
        ["wire"] = ["kernel"],
        ["ledger"] = ["kernel"],
        ["files"] = ["kernel", "ledger"],
        ["frontends/*"] = ["kernel", "sockets", "files", "ledger"],
        ["frontends/native"] = ["kernel", "sockets", "files", "ledger", "wire"],
        ["client"] = ["kernel", "wire"],
        ["server"] = ["kernel", "sockets", "wire", "ledger", "files", "frontends/*"],
        ["bench"] = ["kernel", "sockets"],
        ["cli"] = ["kernel", "client", "server", "bench"],
        ["examples"] = ["kernel", "sockets"],
    };

    private static readonly string[] Abstractions = ["Microsoft.Extensions.Logging.Abstractions"];

    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["sockets"] = [.. Abstractions, "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions"],
        ["kernel"] = [],
        ["wire"] = [],
        ["ledger"] = Abstractions,
        ["files"] = Abstractions,
        ["frontends/*"] = Abstractions,
        ["client"] = [],
        ["examples"] = ["Microsoft.Extensions.Hosting"],
        ["bench"] = [],
    };

    public static TheoryData<string> Rooms => [.. Projects().Keys];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_references_only_whom_it_may_know(string room)
    {
        var allowed = Rule(MayKnow, room) ?? throw new InvalidOperationException($"{room} is missing from this test's table");
        var known = References(room, "ProjectReference").Select(path => RoomOf(Path.GetFullPath(Path.Combine(Repository, room, "src", path))));
        Assert.Equal([], known.Where(other => !allowed.Contains(other) && !allowed.Contains(Family(other))));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_uses_only_its_packages(string room)
    {
        if (Rule(Packages, room) is not { } allowed) return; // server and cli choose their own.
        Assert.Equal([], References(room, "PackageReference").Except(allowed));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_names_no_room_that_it_may_not_know(string room)
    {
        // References flow through others, so the sources are read too: a front end could otherwise name what files brings along.
        // The command line alone may use their words: the server hands out accounts, which are files' own.
        string[] allowed = room == "cli" ? [.. MayKnow[room], "files"] : Rule(MayKnow, room)!;
        var strangers = Projects().Where(other => other.Key != room && !allowed.Contains(other.Key) && !allowed.Contains(Family(other.Key)));
        var patterns = strangers.Select(other => new Regex($@"\b{Regex.Escape(other.Value)}\b(?!\.Tests)")).ToList();
        var found = Sources(room).SelectMany(file => patterns.SelectMany(p => p.Matches(Code(file)).Select(match => $"{file}: {match.Value}")));
        Assert.Equal([], found);
    }

    [Fact]
    public void No_front_end_mentions_another()
    {
        var frontEnds = Projects().Where(room => Family(room.Key) == "frontends/*").ToList();
        foreach (var (room, _) in frontEnds)
        {
            var others = frontEnds.Where(other => other.Key != room).Select(other => other.Value);
            Assert.Equal([], Sources(room).Where(file => others.Any(other => Code(file).Contains(other, StringComparison.Ordinal))));
        }
    }

    [Fact]
    public void Handlers_and_front_ends_stay_on_their_models_thread() =>
        Assert.Equal([], Projects().Keys.Where(room => Family(room) == "frontends/*")
            .SelectMany(Sources)
            .Where(file => Code(file).Contains("ConfigureAwait(false)", StringComparison.Ordinal)));

    [Fact]
    public void Every_room_has_tests_beside_it() =>
        Assert.Equal([], Projects().Keys.Where(room => !Directory.Exists(Path.Combine(Repository, room, "test"))));

    // Room folder -> its namespace, from every src/*.csproj.
    private static SortedDictionary<string, string> Projects() => new(
        Directory.EnumerateDirectories(Repository)
            .Concat(Directory.EnumerateDirectories(Path.Combine(Repository, "frontends")))
            .SelectMany(room => Directory.Exists(Path.Combine(room, "src")) ? Directory.GetFiles(Path.Combine(room, "src"), "*.csproj") : [])
            .ToDictionary(RoomOf, project => Path.GetFileNameWithoutExtension(project)!),
        StringComparer.Ordinal);

    private static string RoomOf(string project) =>
        Path.GetRelativePath(Repository, Path.GetDirectoryName(Path.GetDirectoryName(project)!)!);

    private static string Family(string room) => room.StartsWith("frontends/", StringComparison.Ordinal) ? "frontends/*" : room;

    private static string[]? Rule(Dictionary<string, string[]> table, string room) =>
        table.GetValueOrDefault(room) ?? table.GetValueOrDefault(Family(room));

    private static IEnumerable<string> References(string room, string kind) =>
        XDocument.Load(Directory.GetFiles(Path.Combine(Repository, room, "src"), "*.csproj").Single())
            .Descendants(kind)
            .Select(reference => reference.Attribute("Include")!.Value);

    private static IEnumerable<string> Sources(string room) =>
        Directory.EnumerateFiles(Path.Combine(Repository, room, "src"), "*.cs", SearchOption.AllDirectories);

    private static string Code(string file) => Comment().Replace(File.ReadAllText(file), "");

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    private static string FindRepository()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Argosy.slnx"))) return folder;
        throw new InvalidOperationException("The tests run from within the repository");
    }
}
