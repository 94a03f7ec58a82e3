using System.Collections;

namespace Argosy.Cli.Hosting;

/// <summary>This process's environment.</summary>
internal static class EnvironmentVariables
{
    public static IEnumerable<KeyValuePair<string, string>> All =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""));
}
