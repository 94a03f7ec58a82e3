namespace Argosy.Client;

/// <summary>
/// The folders of a tree that the walk has left while something in them is still under way: they stay open until it has come to its end, and there are
/// only so many descriptors. Those on the way to where the walk is are its own: however many these are, they are needed.
/// </summary>
/// <param name="most">How many may be open in all.</param>
internal sealed class OpenFolders(int most)
{
    private readonly Queue<Task> _leaving = new();

    /// <summary>A folder that the walk has left.</summary>
    /// <param name="folder">It.</param>
    /// <param name="outcome">What comes of leaving it.</param>
    public Task<TreeOutcome?> Add(TreeFolder folder, Task<TreeOutcome?> outcome)
    {
        _leaving.Enqueue(folder.Closed);
        return outcome;
    }

    /// <summary>Waits until one more may be opened.</summary>
    /// <param name="depth">How many lead to it.</param>
    /// <param name="stop">Gives up.</param>
    public async ValueTask MakeRoomAsync(int depth, CancellationToken stop)
    {
        while (_leaving.TryPeek(out var first) && (first.IsCompleted || _leaving.Count + depth >= most))
        {
            await first.WaitAsync(stop).ConfigureAwait(false);
            _ = _leaving.Dequeue();
        }
    }
}
