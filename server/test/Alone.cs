namespace Argosy.Server.Tests;

/// <summary>Tests that change who this process is, or measure it, run alone: both is about every thread.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
