using System.Reflection;
using Argosy.Sockets;
using Xunit.Sdk;
using Xunit.v3;

namespace Argosy.FrontEnds;

/// <summary>
/// Runs a theory under each concurrency model that its class is about: the model's name comes first, then what this attribute adds. A class says
/// with a static <c>Models</c> which ones those are; a new model on <see cref="ConcurrencyModels.All"/> comes in by itself. One whose static
/// <c>TakesTurns</c> is true runs each of several rows under one model: tests of one row run under all of them.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EveryModelAttribute(params object[] more) : DataAttribute
{
    private readonly object[] _more = more;

    /// <summary>How many connections the test holds at once.</summary>
    public int Connections { get; init; } = 1;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. ModelsFor(testMethod).Select(Row)]);

    // Whether a discovered test is one row or all of them is the runner's choice; rows are plain text and numbers.
    public override bool SupportsDiscoveryEnumeration() => true;

    private IEnumerable<string> ModelsFor(MethodInfo test)
    {
        Type suite = test.ReflectedType!;
        string[] models = [.. (IEnumerable<string>)Static(suite, "Models")!];
        List<EveryModelAttribute> rows = [.. test.GetCustomAttributes<EveryModelAttribute>()];
        if (rows.Count == 1 || Static(suite, "TakesTurns") is not true)
            return models;
        return [models[rows.FindIndex(row => row._more.SequenceEqual(_more)) % models.Length]];
    }

    private static object? Static(Type suite, string name) =>
        suite.GetProperty(name, BindingFlags.Public | BindingFlags.Static | BindingFlags.FlattenHierarchy)?.GetValue(null);

    private TheoryDataRow Row(string model) => new([model, .. _more])
    {
        // The others would wait in the backlog for ever.
        Skip = ConcurrencyModels.Find(model)!.ServesAtOnce < Connections
            ? $"not applicable: {model} serves fewer than {Connections} connections at once"
            : null,
    };
}
