using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Argosy.Sockets.Tests;

/// <summary>
/// Runs a theory of a contract over every wire. Under models of worker processes, where each row starts several, over IPv4, plain and TLS, and one
/// of the others, which take turns; ARGOSY_CHECK=all runs all of them there too.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EveryWireAttribute : DataAttribute
{
    private static readonly string[] Others = [.. Wire.All.Except(Wire.Few)];

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. WiresOf(testMethod).Select(wire => new TheoryDataRow(wire))]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private static string[] WiresOf(MethodInfo test) => Wire.ChecksAll || !IsOfWorkers(test.ReflectedType!)
        ? Wire.All
        : [.. Wire.Few, Others[Turn(test) % Others.Length]];

    private static bool IsOfWorkers(Type suite) => ((ConcurrencyModelContract)Activator.CreateInstance(suite)!).RunsInWorkers;

    // The place among the tests of this attribute, so that all of the others are met; suites begin at different ones.
    private static int Turn(MethodInfo test)
    {
        string[] tests = [.. typeof(ConcurrencyModelContract).GetMethods()
            .Where(method => method.IsDefined(typeof(EveryWireAttribute), inherit: false)).Select(method => method.Name).Order(StringComparer.Ordinal)];
        return Array.IndexOf(tests, test.Name) + test.ReflectedType!.Name.Sum(letter => letter);
    }
}
