using Argosy.Sockets;

namespace Argosy.Cli.Tests.Spine;

/// <summary>How much is to be tested: see <c>./check --all</c>.</summary>
internal static class Check
{
    /// <summary>True for full matrices and counts.</summary>
    public static bool All { get; } = Environment.GetEnvironmentVariable("ARGOSY_CHECK") == "all";

    /// <summary>One that is chosen within another.</summary>
    private const string Within = "prefork:threads";

    /// <summary>Every model that this system has. A new one on the list comes in by itself.</summary>
    public static IReadOnlyList<string> Models { get; } =
        [.. ConcurrencyModels.All.Where(model => model.IsSupported).Select(model => model.Name), Within];

    /// <summary>The models whose handlers run in worker processes.</summary>
    public static IReadOnlyList<string> WorkerModels { get; } =
        [.. Models.Where(model => ConcurrencyModels.Find(model)!.RunsInWorkers && (All || model != Within))];

    /// <summary>Models of each kind: one process, a thread or a process for each client, a process for many.</summary>
    public static TheoryData<string> SomeModels => new(All ? Concurrent : ["async", "threads", "process", "prefork"]);

    private static IEnumerable<string> Concurrent => Models.Where(model => ConcurrencyModels.Find(model)!.ServesAtOnce is null);

    /// <summary>Transport and model: each transport under one model of each kind, or every combination.</summary>
    public static TheoryData<bool, string> TransportsAndModels()
    {
        var data = new TheoryData<bool, string>();
        if (!All) data.AddRange((true, "async"), (false, "threads"), (false, "process"), (true, "prefork"));
        else
        {
            foreach (var model in Concurrent) data.AddRange((true, model), (false, model));
        }

        return data;
    }
}
