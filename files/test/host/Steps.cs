namespace Argosy.Files.TestHost;

/// <summary>Each step that changes what a home holds, on the files that the test put there.</summary>
internal static class Steps
{
    /// <param name="home">Where.</param>
    /// <param name="operation">What.</param>
    /// <param name="tally">Dies with the step.</param>
    /// <param name="usual">For the steps before.</param>
    public static async Task TakeAsync(IHome home, string operation, Func<ITally> tally, Func<ITally> usual)
    {
        switch (operation)
        {
            case "publish-new":
                await PublishAsync(home, "new", null, tally());
                break;
            case "publish-over":
                await PublishAsync(home, "old", null, tally());
                break;
            case "store-new":
                await StoreAsync(home, "new", tally());
                break;
            case "store-over":
                await StoreAsync(home, "old", tally());
                break;
            case "store-burst":
                home.BeginBurst();
                await StoreAsync(home, "new", usual());
                await StoreAsync(home, "newer", tally());
                home.EndBurst();
                break;
            case "publish-resumed":
                await PublishAsync(home, "unfinished", "id", tally());
                break;
            case "keep":
                var staged = await StageAsync(home, "kept", "other");
                await staged.KeepAsync(700, tally());
                break;
            case "discard":
                await home.DiscardUnfinishedAsync("ann", "id", tally());
                break;
            case "remove":
                await home.RemoveAsync(RemotePath.Parse("old"), tally());
                break;
            case "remove-tree":
                await home.RemoveFolderAsync(RemotePath.Parse("tree"), true, tally());
                break;
            case "link":
                await home.MakeLinkAsync(RemotePath.Parse("link"), "old"u8.ToArray(), tally());
                break;
            case "rename-over":
                await home.RenameAsync(RemotePath.Parse("older"), RemotePath.Parse("old"), true, tally());
                break;
            default:
                throw new ArgumentException(operation);
        }
    }

    private static async Task PublishAsync(IHome home, string name, string? id, ITally tally)
    {
        var staged = await StageAsync(home, name, id);
        await staged.PublishAsync(new(OnExisting.Replace, null, null), 700, tally);
    }

    private static async Task StoreAsync(IHome home, string name, ITally tally) =>
        await home.StoreAsync(RemotePath.Parse(name), new byte[700], new(OnExisting.Replace, null, null), tally);

    private static async Task<IStaged> StageAsync(IHome home, string name, string? id)
    {
        var staged = await home.StageAsync(new(RemotePath.Parse(name), "ann", id, null, Trust: true));
        await staged.AcceptAsync();
        await staged.WriteAsync(0, new byte[700]);
        return staged;
    }
}
