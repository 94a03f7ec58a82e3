using System.CommandLine;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy stat URL...</c></summary>
internal sealed class StatCommand : RemoteCommand
{
    private readonly Argument<string[]> _urls = new("URL...") { Description = "Files, folders or links.", Arity = ArgumentArity.OneOrMore };

    public static Command Create() => new StatCommand().Build();

    protected override Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop) =>
        EachAsync(parsed.GetRequiredValue(_urls), remote, (client, path, cancel) => LookAsync(client, path, remote.Results, cancel), stop);

    private static async Task<Action> LookAsync(FileClient client, RemotePath path, Results results, CancellationToken stop)
    {
        var entry = await client.StatAsync(path, followLink: false, stop)
                    ?? throw RefusedException.NotFound(path);
        return () => results.Show(Describe(entry), json => json.WriteEntry("path", entry));
    }

    private static string Describe(RemoteEntry entry)
    {
        var lines = new List<string>
        {
            $"Path      {entry.Name}",
            $"Type      {EntryText.Kind(entry.Kind)}",
            $"Modified  {EntryText.Time(entry.Modified)}",
            $"Mode      {EntryText.Octal(entry.Mode)} {EntryText.Mode(entry)}",
        };
        if (entry.Kind == EntryKind.File)
            lines.Insert(2, $"Size      {Sizes.Exact(entry.Size)}");
        if (entry.LinkTarget is { } target)
            lines.Add($"Target    {target}");
        return string.Join('\n', lines);
    }

    protected override Command Build() => Finish(new Command("stat", "Show what is known of files and folders.") { _urls });
}
