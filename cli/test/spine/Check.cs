namespace Argosy.Cli.Tests.Spine;

/// <summary>How much is to be tested: see <c>./check --all</c>.</summary>
internal static class Check
{
    /// <summary>True for full matrices and counts.</summary>
    public static bool All { get; } = Environment.GetEnvironmentVariable("ARGOSY_CHECK") == "all";

    /// <summary>Transport and model: each once, or every combination.</summary>
    public static TheoryData<bool, string> TransportsAndModels()
    {
        var data = new TheoryData<bool, string> { { true, "async" }, { false, "threads" } };
        if (All)
        {
            data.Add(true, "threads");
            data.Add(false, "async");
        }

        return data;
    }
}
