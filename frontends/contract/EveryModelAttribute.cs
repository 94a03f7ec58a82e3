using System.Reflection;
using Argosy.Sockets;
using Xunit.Sdk;
using Xunit.v3;

namespace Argosy.FrontEnds;

/// <summary>
/// Runs a theory under each concurrency model that its class is about: the model's name comes first, then what this attribute adds. A class says
/// with a static <c>Models</c> which ones those are; a new model on <see cref="ConcurrencyModels.All"/> comes in by itself.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EveryModelAttribute(params object[] more) : DataAttribute
{
    /// <summary>How many connections the test holds at once.</summary>
    public int Connections { get; init; } = 1;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. ModelsOf(testMethod.ReflectedType!).Select(Row)]);

    // Whether a discovered test is one row or all of them is the runner's choice; rows are plain text and numbers.
    public override bool SupportsDiscoveryEnumeration() => true;

    private static IEnumerable<string> ModelsOf(Type suite) =>
        (IEnumerable<string>)suite.GetProperty("Models", BindingFlags.Public | BindingFlags.Static | BindingFlags.FlattenHierarchy)!.GetValue(null)!;

    private TheoryDataRow Row(string model) => new([model, .. more])
    {
        // The others would wait in the backlog for ever.
        Skip = ConcurrencyModels.Find(model)!.ServesAtOnce < Connections
            ? $"not applicable: {model} serves fewer than {Connections} connections at once"
            : null,
    };
}
