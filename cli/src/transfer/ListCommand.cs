using System.CommandLine;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy ls URL</c></summary>
internal sealed class ListCommand : RemoteCommand
{
    // So many at a time are sorted: a folder of any size can be listed without being held.
    private const int Sortable = 100_000;

    private readonly Argument<string> _url = new("URL") { Description = "The folder, or a file." };
    private readonly Option<bool> _all = new("--all", "-a") { Description = "Names that begin with a dot too." };
    private readonly Option<bool> _long = new("--long", "-l") { Description = "Permissions, size and time beside the name." };

    public static Command Create() => new ListCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var url = ArgosyUrl.Parse(parsed.GetRequiredValue(_url));
        var client = await remote.ConnectAsync(url, stop);
        var sorted = new List<RemoteEntry>();
        void Show(RemoteEntry entry) => remote.Results.Show(
            parsed.GetValue(_long) ? EntryText.Line(entry) : EntryText.Name(entry), json => json.WriteEntry("name", entry));
        try
        {
            await foreach (var entry in client.ListAsync(url.Path, stop))
            {
                if (entry.Name.Bytes.Span[0] == (byte)'.' && !parsed.GetValue(_all))
                    continue;
                sorted.Add(entry);
                if (sorted.Count == Sortable)
                    ShowSorted(sorted, Show);
            }

            ShowSorted(sorted, Show);
        }
        catch (RefusedException refused) when (refused.Error == "not-a-folder")
        {
            if (await client.StatAsync(url.Path, followLink: false, stop) is not { } file)
                throw;
            Show(file with { Name = RemotePath.FromBytes(url.Path.Name) });
        }

        return 0;
    }

    private static void ShowSorted(List<RemoteEntry> entries, Action<RemoteEntry> show)
    {
        entries.Sort((left, right) => left.Name.Bytes.Span.SequenceCompareTo(right.Name.Bytes.Span));
        entries.ForEach(show);
        entries.Clear();
    }

    private Command Build() => Finish(new Command("ls", "List a folder.") { _url, _all, _long });
}
