using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Argosy.Sockets.Tests;

/// <summary>
/// Runs a theory of a contract over IPv4, plain and TLS, and one of the other wires, which take turns from test to test and from model to model;
/// over all of them with ARGOSY_CHECK=all.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EveryWireAttribute : DataAttribute
{
    private static readonly string[] Others = [.. Wire.All.Except(Wire.Few)];

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. WiresOf(testMethod).Select(wire => new TheoryDataRow(wire))]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private static string[] WiresOf(MethodInfo test) => Wire.ChecksAll ? Wire.All : [.. Wire.Few, Others[Turn(test) % Others.Length]];

    // The place among the tests of this attribute, so that all of the others are met; suites begin at different ones.
    private static int Turn(MethodInfo test)
    {
        string[] tests = [.. typeof(ConcurrencyModelContract).GetMethods()
            .Where(method => method.IsDefined(typeof(EveryWireAttribute), inherit: false)).Select(method => method.Name).Order(StringComparer.Ordinal)];
        return Array.IndexOf(tests, test.Name) + test.ReflectedType!.Name.Sum(letter => letter);
    }
}
