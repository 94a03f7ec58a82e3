using System.CommandLine;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy uploads URL [--discard]</c></summary>
internal sealed class UploadsCommand : RemoteCommand
{
    private readonly Argument<string> _url = new("URL") { Description = "The account, or a file or folder of it: uploads for it, or for what is in it." };
    private readonly Option<bool> _discard = new("--discard") { Description = "Forget them and free their space." };

    public static Command Create() => new UploadsCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var url = ArgosyUrl.Parse(parsed.GetRequiredValue(_url));
        var discard = parsed.GetValue(_discard);
        var client = await remote.ConnectAsync(url, stop);
        var uploads = await client.ListUploadsAsync(stop).Where(upload => upload.Path.IsWithin(url.Path)).ToListAsync(stop);
        var code = 0;
        foreach (var upload in uploads.OrderBy(upload => upload.Path.ToString(), StringComparer.Ordinal))
        {
            try
            {
                if (discard)
                    await client.DiscardUploadAsync(upload.Id, stop);
                Show(remote.Results, upload, discard);
            }
            catch (RefusedException refused) when (refused.Error is "in-use" or "not-found")
            {
                // The others can go all the same.
                remote.Results.Fail(refused, upload.Path.ToString());
                code = 1;
            }
        }

        return code;
    }

    private static void Show(Results results, UnfinishedUpload upload, bool isDiscarded)
    {
        var size = upload.Size is { } whole ? $" of {Sizes.Of(whole)}" : "";
        results.Show($"{upload.Path}  {Sizes.Of(upload.Received)}{size}  {EntryText.Time(upload.Modified)}{(isDiscarded ? "  discarded" : "")}", json =>
        {
            json.WriteName("path", upload.Path);
            json.WriteString("upload", upload.Id);
            json.WriteNumber("received", upload.Received);
            if (upload.Size is { } bytes)
                json.WriteNumber("size", bytes);
            json.WriteString("modified", upload.Modified.UtcDateTime);
            json.WriteBoolean("discarded", isDiscarded);
        });
    }

    protected override Command Build() => Finish(new Command("uploads", "List uploads that were cut and can go on: repeat the argosy put that began them.") { _url, _discard });
}
