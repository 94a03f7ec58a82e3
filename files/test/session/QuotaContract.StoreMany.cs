using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <content>Many files at once.</content>
public abstract partial class QuotaContract
{
    [Fact]
    public async Task Of_many_files_those_that_do_not_fit_fail_alone()
    {
        Assert.Equal(["a", "-", "c"], await StoreManyAsync(("a", 60), ("b", 41), ("c", 30)));
        Assert.Equal(["-", "c", "-", "b"], await StoreManyAsync(("a", 71), ("c", 40), ("d", 1), ("b", 0)));
        Assert.Equal(new Quota(100, 3, 100, 3), await _session.QuotaAsync());

        // What is replaced makes room, also for those behind it.
        Assert.Equal(["a", "c", "-"], await StoreManyAsync(("a", 59), ("c", 41), ("b", 1)));
        Assert.Equal(["a", "b"], await StoreManyAsync(("a", 9), ("b", 50)));
        Assert.Equal(new Quota(100, 3, 100, 3), await _session.QuotaAsync());
        Assert.Equal(["-", "b"], await StoreManyAsync(("d", 0), ("b", 50)));
    }

    [Fact]
    public async Task Sessions_that_store_many_and_fight_for_the_last_bytes_get_all_of_them_and_no_more()
    {
        var sessions = new List<FileSession>();
        for (var i = 0; i < 4; i++)
        {
            sessions.Add(await OpenAsync(100, null));
        }

        var stored = await Task.WhenAll(sessions.Select((session, who) => Task.Run(async () =>
        {
            var results = await session.StoreManyAsync([.. Enumerable.Range(0, 10).Select(i => new FileToStore(P($"{who}-{i}"), new byte[7]))]);
            return results.Count(result => result.Failure is null);
        })));
        Assert.Equal(100 / 7, stored.Sum());
        Assert.Equal(new Quota(98, 14, 100, null), await sessions[0].QuotaAsync());
    }

    private async Task<string[]> StoreManyAsync(params (string Name, int Length)[] files)
    {
        var results = await _session.StoreManyAsync([.. files.Select(file => new FileToStore(P(file.Name), new byte[file.Length]))]);
        Assert.All(results, result => Assert.True(result.Failure is null or { Error: FileError.OverQuota }));
        return [.. results.Select(result => result.Failure is null ? result.Path.ToString()[1..] : "-")];
    }
}
