namespace Argosy.Cli.Shell.Verbs;

/// <summary>All commands of the shell.</summary>
internal static class AllVerbs
{
    /// <summary>In the order of their help.</summary>
    public static IReadOnlyList<Verb> List { get; } = [.. PlaceVerbs.All, .. TransferVerbs.All, .. EntryVerbs.All, .. LocalVerbs.All, .. SessionVerbs.All];

    /// <summary>By a word, which may be another name for it; null where there is none.</summary>
    public static Verb? Find(string word) => List.FirstOrDefault(verb => verb.Name == word || verb.Aliases.Contains(word));
}
