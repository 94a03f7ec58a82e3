namespace Argosy.Files.TestHost;

/// <summary>Each step that changes what a home holds, on the files that the test put there.</summary>
internal sealed class Steps(IHome home, string within)
{
    /// <param name="operation">What.</param>
    /// <param name="tally">Dies with the step.</param>
    public async Task TakeAsync(string operation, Func<ITally> tally)
    {
        switch (operation)
        {
            case "publish-new":
                await PublishAsync("new", null, tally());
                break;
            case "publish-over":
                await PublishAsync("old", null, tally());
                break;
            case "store-new":
                await StoreAsync("new", tally());
                break;
            case "store-over":
                await StoreAsync("old", tally());
                break;
            case "store-many":
                await StoreManyAsync(tally(), "new", "newer", "newest");
                break;
            case "store-many-over":
                await StoreManyAsync(tally(), "old", "older");
                break;
            case "store-many-mixed":
                await StoreManyAsync(tally(), "new", "old", "newer", "older");
                break;
            case "publish-resumed":
                await PublishAsync("unfinished", "id", tally());
                break;
            case "keep":
                var staged = await StageAsync("kept", "other");
                await staged.KeepAsync(700, tally());
                break;
            case "discard":
                await home.DiscardUnfinishedAsync("ann", "id", tally());
                break;
            case "remove":
                await home.RemoveAsync(Path("old"), tally());
                break;
            case "remove-tree":
                await home.RemoveFolderAsync(Path("tree"), true, tally());
                break;
            case "link":
                await home.MakeLinkAsync(RemotePath.Parse("link"), "old"u8.ToArray(), tally());
                break;
            case "rename-over":
                await home.RenameAsync(Path("older"), Path("old"), true, tally());
                break;
            default:
                throw new ArgumentException(operation);
        }
    }

    private async Task PublishAsync(string name, string? id, ITally tally)
    {
        var staged = await StageAsync(name, id);
        await staged.PublishAsync(new(OnExisting.Replace, null, null), 700, tally);
    }

    private async Task StoreAsync(string name, ITally tally) =>
        await home.StoreAsync(Path(name), new byte[700], new(OnExisting.Replace, null, null), tally);

    private async Task StoreManyAsync(ITally tally, params string[] names) =>
        await home.StoreManyAsync([.. names.Select(name => new WholeFile(Path(name), new byte[700], new(OnExisting.Replace, null, null)))], tally);

    private async Task<IStaged> StageAsync(string name, string? id)
    {
        var staged = await home.StageAsync(new(Path(name), "ann", id, null, Trust: true));
        await staged.AcceptAsync();
        await staged.WriteAsync(0, new byte[700]);
        return staged;
    }

    private RemotePath Path(string name) => RemotePath.Parse(within + name);
}
