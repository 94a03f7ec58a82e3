using System.CommandLine;
using System.Globalization;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy stat URL</c></summary>
internal sealed class StatCommand : RemoteCommand
{
    private readonly Argument<string> _url = new("URL") { Description = "A file, folder or link." };

    public static Command Create() => new StatCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var url = ArgosyUrl.Parse(parsed.GetRequiredValue(_url));
        var client = await remote.ConnectAsync(url, stop);
        var entry = await client.StatAsync(url.Path, followLink: false, stop)
                    ?? throw new IOException($"{url.Path} does not exist on the server.");
        remote.Results.Show(Describe(entry), json => json.WriteEntry("path", entry));
        return 0;
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
            lines.Insert(2, string.Create(CultureInfo.InvariantCulture, $"Size      {entry.Size} ({Sizes.Of(entry.Size)})"));
        if (entry.LinkTarget is { } target)
            lines.Add($"Target    {target}");
        return string.Join('\n', lines);
    }

    private Command Build() => Finish(new Command("stat", "Show what is known of a file or folder.") { _url });
}
