namespace Argosy.Sockets.Tests;

/// <summary>
/// Each scenario under Python's <c>selectors</c> and under <see cref="Selector"/>. Where they differ the table says so, docs/selectors.md says why,
/// and its rows are what was seen.
/// </summary>
public sealed class SelectorSemanticsTests
{
    private static readonly SelectorKind[] Kinds = [SelectorKind.Select, SelectorKind.Poll, SelectorKind.Epoll];

    /// <summary>What ours do where Python's do something else: the same under every kind, unless one is named.</summary>
    private static readonly Dictionary<string, string> Different = new()
    {
        ["modify to nothing"] = "error",
        ["Select: closed first: two calls, then the map"] = "[] [] 0 registered",
        ["Poll: closed first: two calls, then the map"] = "[] [] 0 registered",
        ["closed first, then modified"] = "error",
        ["closed first, its number registered anew"] = "ok",
        ["closed first while a duplicate lives, two calls"] = "[] []",
        ["Select: descriptor 1500: register, call"] = "error []",
        ["closed selector: register, get_key, close; its source"] = "error error ok x",
    };

    private static readonly Lazy<Task<Dictionary<(SelectorKind Kind, string Scenario), string>>> Pythons = new(PlayAsync);

    public static TheoryData<SelectorKind, string> All =>
        new(Kinds.SelectMany(kind => SelectorSemantics.Scenarios.Keys.Select(scenario => (kind, scenario))));

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_selector_does_what_Pythons_does_except_where_the_page_says_otherwise(SelectorKind kind, string scenario)
    {
        using var selector = new Selector(kind);
        var ours = SelectorSemantics.Scenarios[scenario](selector);
        var theirs = (await Pythons.Value)[(kind, scenario)];
        var different = Different.GetValueOrDefault($"{kind}: {scenario}") ?? Different.GetValueOrDefault(scenario);
        Assert.Equal(different ?? theirs, ours);
    }

    [Fact]
    public async Task The_page_shows_every_scenario_as_both_played_it()
    {
        var pythons = await Pythons.Value;
        Assert.Equal(SelectorSemantics.Scenarios.Keys.Order(), pythons.Keys.Select(key => key.Scenario).Distinct().Order());
        var page = Repository.Read("docs", "selectors.md");
        Assert.Equal([], SelectorSemantics.Scenarios.Keys.Select(scenario => Row(scenario, pythons)).Where(row => !page.Contains(row)));
    }

    private static string Row(string scenario, Dictionary<(SelectorKind Kind, string Scenario), string> pythons)
    {
        var theirs = Joined(kind => pythons[(kind, scenario)]);
        var ours = Joined(kind =>
            Different.GetValueOrDefault($"{kind}: {scenario}") ?? Different.GetValueOrDefault(scenario) ?? pythons[(kind, scenario)]);
        return $"| {scenario} | {theirs} | {(ours == theirs ? "the same" : ours)} |";
    }

    /// <summary>One outcome where all kinds have the same; otherwise each with its kind.</summary>
    private static string Joined(Func<SelectorKind, string> outcome) => Kinds.Select(outcome).Distinct().Count() == 1
        ? $"`{outcome(SelectorKind.Epoll)}`"
        : string.Join(", ", Kinds.Select(kind => $"{kind.ToString().ToLowerInvariant()} `{outcome(kind)}`"));

    private static async Task<Dictionary<(SelectorKind Kind, string Scenario), string>> PlayAsync()
    {
        var output = await Python.RunAsync(Repository.PathOf("sockets", "test", "selecting", "selectors_semantics.py"));
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .ToDictionary(parts => (Enum.Parse<SelectorKind>(parts[0]), parts[1]), parts => parts[2]);
    }
}
