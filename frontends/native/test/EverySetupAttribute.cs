using System.Reflection;
using Argosy.Sockets;
using Xunit.Sdk;
using Xunit.v3;

namespace Argosy.Native.Tests;

/// <summary>Under which model, and over which storage, a test runs.</summary>
internal sealed record Setup(string Model, bool InMemory = false)
{
    private const string Trait = "setup";

    /// <summary>The one of the test that runs now; tests that ask for none run under async on disk.</summary>
    public static Setup Current =>
        TestContext.Current.Test!.Traits.TryGetValue(Trait, out IReadOnlyCollection<string>? text) ? Parse(text.Single()) : new Setup("async");

    public void Mark(TheoryDataRow row)
    {
        row.Label = ToString();
        row.Traits[Trait] = [ToString()];
    }

    public override string ToString() => InMemory ? $"{Model} in memory" : Model;

    private static Setup Parse(string text) => new(text.Split(' ')[0], text.Contains(' '));
}

/// <summary>The class's tests also run over storage in memory.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AlsoInMemoryAttribute : Attribute;

/// <summary>
/// Runs a theory under async, under threads and under one of the other models, which take turns; under all of them where everything is to be
/// checked. The test's arguments are this attribute's, or those of the theory data that it names.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class EverySetupAttribute(params object?[] arguments) : DataAttribute
{
    /// <summary>True where everything is to be checked, however long it takes.</summary>
    public static readonly bool ChecksAll = Environment.GetEnvironmentVariable("ARGOSY_CHECK") == "all";

    // These tests hold several connections at once, to handlers of this process. A new model on the list comes in by itself.
    private static readonly string[] Models =
        [.. ConcurrencyModels.All.Where(model => model is { IsSupported: true, ServesAtOnce: null, RunsInWorkers: false }).Select(model => model.Name)];

    private static readonly string[] Others = [.. Models.Except(["async", "threads"])];

    /// <summary>A static method of the class that returns theory data.</summary>
    public string? From { get; init; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Rows(testMethod)]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private IEnumerable<TheoryDataRow> Rows(MethodInfo test)
    {
        foreach (object?[] row in Arguments(test.ReflectedType!))
        {
            foreach (Setup setup in Setups(test))
            {
                var data = new TheoryDataRow(row);
                setup.Mark(data);
                yield return data;
            }
        }
    }

    private IEnumerable<object?[]> Arguments(Type suite) => From is null
        ? [arguments]
        : ((IEnumerable<ITheoryDataRow>)suite.GetMethod(From, BindingFlags.Public | BindingFlags.Static)!.Invoke(null, null)!).Select(row => row.GetData());

    private static IEnumerable<Setup> Setups(MethodInfo test)
    {
        string[] models = ChecksAll ? Models : ["async", "threads", Others[test.Name.Sum(letter => letter) % Others.Length]];
        foreach (string model in models)
            yield return new Setup(model);
        if (test.ReflectedType!.IsDefined(typeof(AlsoInMemoryAttribute)))
            yield return new Setup("async", InMemory: true);
    }
}
