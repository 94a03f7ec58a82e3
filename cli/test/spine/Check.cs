using Argosy.Sockets;

namespace Argosy.Cli.Tests.Spine;

/// <summary>How much is to be tested: see <c>./check --all</c>.</summary>
internal static class Check
{
    /// <summary>True for full matrices and counts.</summary>
    public static bool All { get; } = Environment.GetEnvironmentVariable("ARGOSY_CHECK") == "all";

    /// <summary>One that is chosen within another.</summary>
    private const string Within = "prefork:threads";

    private static readonly (bool, string)[] OnePerModel = [(true, "async"), (false, "threads"), (false, "process"), (true, "prefork")];

    /// <summary>Every model that this system has. A new one on the list comes in by itself.</summary>
    public static IReadOnlyList<string> Models { get; } =
        [.. ConcurrencyModels.All.Where(model => model.IsSupported).Select(model => model.Name), Within];

    /// <summary>The models whose handlers run in worker processes.</summary>
    public static IReadOnlyList<string> WorkerModels { get; } =
        [.. Models.Where(model => ConcurrencyModels.Find(model)!.RunsInWorkers && (All || model != Within))];

    /// <summary>Models of each kind: one process, a thread or a process for each client, a process for many.</summary>
    public static TheoryData<string> SomeModels => new(All ? Concurrent : ["async", "threads", "process", "prefork"]);

    /// <summary>The same for two tests of one thing, as <see cref="HalfOfTransportsAndModels"/>.</summary>
    public static TheoryData<string> HalfOfModels(bool second) =>
        All ? SomeModels : second ? ["threads", "prefork"] : ["async", "process"];

    /// <summary>The models whose handlers run in worker processes, for a suite whose tests take turns among them.</summary>
    /// <param name="turn">The test's.</param>
    public static TheoryData<string> WorkerModelsInTurn(int turn) => All ? new(WorkerModels) : [WorkerModels[turn % WorkerModels.Count]];

    private static IEnumerable<string> Concurrent => Models.Where(model => ConcurrencyModels.Find(model)!.ServesAtOnce is null);

    /// <summary>
    /// Transport and model: each transport under one model of each kind; or, with everything, both under the two models that differ most and
    /// the other models in turn, since neither knows of the other: what they meet in is the models' own contract suite.
    /// </summary>
    public static TheoryData<bool, string> TransportsAndModels()
    {
        if (!All) return new(OnePerModel);
        string[] both = ["async", "threads"];
        return new([
            .. both.SelectMany(model => new[] { (true, model), (false, model) }),
            .. Concurrent.Except(both).Select((model, i) => (i % 2 == 0, model)),
        ]);
    }

    /// <summary>
    /// The same for two tests of one thing that hardly knows of either: each goes over both transports, under half of these models; with everything,
    /// under all of them.
    /// </summary>
    public static TheoryData<bool, string> HalfOfTransportsAndModels(bool second) =>
        All ? TransportsAndModels() : second ? new(OnePerModel[1], OnePerModel[3]) : new(OnePerModel[0], OnePerModel[2]);
}
