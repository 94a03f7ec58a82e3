using System.CommandLine;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy ls URL...</c></summary>
internal sealed class ListCommand : RemoteCommand
{
    // So many at a time are sorted: a folder of any size can be listed without being held.
    private const int Sortable = 100_000;

    private readonly Argument<string[]> _urls = new("URL...") { Description = "Folders, or files.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _all = new("--all", "-a") { Description = "Names that begin with a dot too." };
    private readonly Option<bool> _long = new("--long", "-l") { Description = "Permissions, size and time beside the name." };
    private readonly Option<bool> _human = new("--human-readable", "-h") { Description = "With -l: sizes as 1.0K, 64M, 3.0G." };

    public static Command Create() => new ListCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var urls = parsed.GetRequiredValue(_urls).Select(ArgosyUrl.Parse).ToList();
        var list = new EntryList(remote.Results, parsed.GetValue(_long), parsed.GetValue(_human));
        if (urls.Count == 1)
        {
            await ListAsync(await remote.ConnectAsync(urls[0], stop), urls[0].Path, list, parsed.GetValue(_all), stop);
            return 0;
        }

        // Files first, then one folder after the other, as ls does.
        var (code, folders) = (0, new List<ArgosyUrl>());
        foreach (var url in urls)
        {
            var client = await remote.ConnectAsync(url, stop);
            if (await client.StatAsync(url.Path, followLink: false, stop) is not { } entry)
            {
                remote.Results.Fail(RefusedException.NotFound(url.Path), url.Path.ToString());
                code = 1;
            }
            else if (entry.Kind == EntryKind.Folder)
            {
                folders.Add(url);
            }
            else
            {
                list.Add(entry with { Name = RemotePath.FromBytes(url.Path.Name) });
            }
        }

        list.Show();
        foreach (var url in folders)
        {
            remote.Results.Show($"{url.Path}:", json => json.WriteName("folder", url.Path));
            await ListAsync(await remote.ConnectAsync(url, stop), url.Path, list, parsed.GetValue(_all), stop);
        }

        return code;
    }

    private static async Task ListAsync(FileClient client, RemotePath path, EntryList list, bool isAll, CancellationToken stop)
    {
        try
        {
            await foreach (var entry in client.ListAsync(path, stop))
            {
                if (entry.Name.Bytes.Span[0] == (byte)'.' && !isAll)
                    continue;
                list.Add(entry);
                if (list.Count == Sortable)
                    list.Show();
            }
        }
        catch (RefusedException refused) when (refused.Error == "not-a-folder")
        {
            if (await client.StatAsync(path, followLink: false, stop) is not { } file)
                throw;
            list.Add(file with { Name = RemotePath.FromBytes(path.Name) });
        }

        list.Show();
    }

    protected override Command Build() => Finish(new Command("ls", "List folders.") { _urls, _all, _long, _human });
}
