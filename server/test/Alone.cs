namespace Argosy.Server.Tests;

/// <summary>Tests that change who this process is run alone: the change is every thread's.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
