using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>A home is counted once, exactly, and nobody else waits for it.</summary>
public sealed class CountingTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task However_many_log_in_a_home_is_walked_once_and_others_do_not_wait()
    {
        var (walks, begun, go) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        await using var vessel = Open(async (place, home, counted) =>
        {
            if (place.EndsWith("large", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref walks);
                begun.SetResult();
                await go.Task;
            }

            await home.CountAsync(counted);
        });
        var large = _folder.In("large");
        await File.WriteAllBytesAsync(Path.Combine(large, "file"), new byte[70], TestContext.Current.CancellationToken);
        var logins = Enumerable.Range(0, 6).Select(_ => vessel.OpenAsync(grant => grant with { Home = large, QuotaBytes = 100 })).ToList();
        await begun.Task.WaitAsync(Patience);

        // Meanwhile: another home with a quota, and this one without.
        var other = await vessel.OpenAsync(grant => grant with { QuotaBytes = 100 }).WaitAsync(Patience);
        await other.PutAsync("file", "x");
        var free = await vessel.OpenAsync(grant => grant with { Home = large }).WaitAsync(Patience);
        await free.NamesAsync();
        Assert.All(logins, login => Assert.False(login.IsCompleted));

        go.SetResult();
        var sessions = await Task.WhenAll(logins).WaitAsync(Patience);
        Assert.Equal(1, walks);
        Assert.Equal(new Quota(70, 1, 100, null), await sessions[5].QuotaAsync());
    }

    [Fact]
    public async Task What_took_turns_at_counting_leaves_nothing_in_the_ledger()
    {
        await using var vessel = Open();
        await vessel.OpenAsync(grant => grant with { QuotaBytes = 100 });
        await using var home = await vessel.Storage.OpenHomeAsync(vessel.Home, followLinks: true, InlineOffload.Instance);
        Assert.False(vessel.Ledger.Counter(home.Identity).NeedsCount);
        Assert.False(vessel.Ledger.Forget($"counting {home.Identity}"));
    }

    [Fact]
    public async Task A_count_that_failed_fails_one_login_and_the_next_counts()
    {
        var walks = 0;
        await using var vessel = Open((_, home, counted) =>
            ++walks == 1 ? throw new FileException(FileError.Storage, "once") : home.CountAsync(counted).AsTask());

        Assert.Equal(FileError.Storage, await FailsAsync(() => vessel.OpenAsync(grant => grant with { QuotaBytes = 100 })));
        await vessel.OpenAsync(grant => grant with { QuotaBytes = 100 });
        Assert.Equal(2, walks);
    }

    [Fact]
    public async Task What_changes_during_a_walk_is_counted_exactly()
    {
        FileSession? free = null;
        var walks = 0;
        await using var vessel = Open(async (_, home, counted) =>
        {
            var seen = default(Usage);
            await home.CountAsync(sum => seen = sum);
            if (++walks == 1)
            {
                await free!.PutAsync("new", "12345");
                await free!.RemoveAsync(P("old"));
            }

            await home.CountAsync(_ => counted(seen));
        });
        free = await vessel.OpenAsync();
        await free.PutAsync("old", "1234567");
        var limited = await vessel.OpenAsync(grant => grant with { QuotaBytes = 100 });

        Assert.Equal(2, walks);
        Assert.Equal(new Quota(5, 1, 100, null), await limited.QuotaAsync());
    }

    [Fact]
    public async Task Where_changes_never_end_too_much_is_counted_and_put_right_at_rest()
    {
        FileSession? free = null;
        var (walks, busy) = (0, true);
        await using var vessel = Open(async (_, home, counted) =>
        {
            var seen = default(Usage);
            await home.CountAsync(sum => seen = sum);
            if (busy)
            {
                await free!.PutAsync($"file{++walks}", "12345");
                await free!.RemoveAsync(P($"file{walks - 1}"));
            }

            await home.CountAsync(_ => counted(seen));
        });
        free = await vessel.OpenAsync();
        await free.PutAsync("file0", "12345");
        var limited = await vessel.OpenAsync(grant => grant with { QuotaBytes = 100 });
        busy = false;

        Assert.Equal(3, walks);
        Assert.InRange((await limited.QuotaAsync()).Bytes, 5, 10);
        await vessel.SweepAsync(count: true);
        Assert.Equal(new Quota(5, 1, 100, null), await limited.QuotaAsync());
    }

    [Fact]
    public async Task A_folder_that_is_moved_during_a_walk_makes_it_walk_again()
    {
        FileSession? free = null;
        var walks = 0;
        await using var vessel = Open(async (_, home, counted) =>
        {
            if (++walks == 1)
            {
                await free!.RenameAsync(P("from"), P("to"));
                await home.CountAsync(_ => counted(default)); // It was on neither side when this walk looked there.
            }
            else
            {
                await home.CountAsync(counted);
            }
        });
        free = await vessel.OpenAsync();
        await free.MakeFolderAsync(P("from"));
        await free.PutAsync("from/file", "123");

        Assert.Equal(new Quota(3, 1, 100, null), await (await vessel.OpenAsync(grant => grant with { QuotaBytes = 100 })).QuotaAsync());
        Assert.Equal(2, walks);
    }

    [Fact]
    public async Task A_count_that_is_thrown_away_settles_nothing()
    {
        await using var vessel = Open();
        var session = await vessel.OpenAsync(grant => grant with { QuotaBytes = 100 });
        await using (var home = await vessel.Storage.OpenHomeAsync(vessel.Home, true, InlineOffload.Instance))
        {
            // As a process that was killed leaves it: nobody told how much had come.
            await using (var staged = await home.StageAsync(new(P("file"), "ann", "id", null, Trust: true)))
            {
                await staged.AcceptAsync();
                await staged.WriteAsync(0, "12345"u8.ToArray());
                await staged.ReadAsync(0, new byte[5]); // Small pieces are gathered: now it is written.
            }

            await home.CountAsync(_ => { });
        }

        await vessel.SweepAsync();
        Assert.Equal(new Quota(5, 1, 100, null), await session.QuotaAsync());
    }

    [Fact]
    public async Task Nothing_is_held_between_two_steps_of_a_walk()
    {
        await using var vessel = Open();
        var session = await vessel.OpenAsync();
        await session.MakeFolderAsync(P("a/b"), parents: true);
        for (var i = 0; i < 200; i++)
        {
            await File.WriteAllBytesAsync(Path.Combine(vessel.Home, "a", $"{i}"), [1], TestContext.Current.CancellationToken);
        }

        await using var home = (LocalHome)await vessel.Storage.OpenHomeAsync(vessel.Home, true, InlineOffload.Instance);
        var (steps, counted) = (0, default(Usage));
        foreach (var _ in home.Tree.Count(sum => counted = sum))
        {
            steps++;
            await Task.Run(() => home.Tree.Staging.HomeLock.Enter().Dispose(), TestContext.Current.CancellationToken).WaitAsync(Patience);
        }

        Assert.InRange(steps, 4, 200);
        Assert.Equal(new Usage(200, 200), counted);
    }

    [Fact]
    public async Task Trees_deeper_than_what_stays_open_are_counted()
    {
        await using var vessel = Open();
        var at = vessel.Home;
        for (var i = 0; i < 60; i++)
        {
            at = Directory.CreateDirectory(Path.Combine(at, $"{i}")).FullName;
            await File.WriteAllBytesAsync(Path.Combine(at, "file"), [1, 2], TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(Path.Combine(at, "other"), [1], TestContext.Current.CancellationToken);
        }

        var session = await vessel.OpenAsync();
        Assert.Equal((180, 120), (await session.QuotaAsync() is var quota ? quota.Bytes : 0, quota.Files));
        await session.RemoveFolderAsync(P("0"), recursive: true);
        Assert.Equal(0, (await session.QuotaAsync()).Files);
    }

    [Fact]
    public async Task What_is_changed_behind_the_servers_back_is_found_without_a_login()
    {
        await using var vessel = Open();
        var session = await vessel.OpenAsync(grant => grant with { QuotaBytes = 100 });
        await session.PutAsync("a", "12345");
        await session.PutAsync("b", "12345");
        File.Delete(Path.Combine(vessel.Home, "a"));
        vessel.Opener.BeginSweeping(() => [vessel.Home]);
        await vessel.Opener.Sweeper.Idle.WaitAsync(Patience);
        Assert.Equal(new Quota(5, 1, 100, null), await session.QuotaAsync());

        File.Delete(Path.Combine(vessel.Home, "b"));
        vessel.Opener.SettleAnew(); // Sweeps, but was counted a moment ago.
        await vessel.Opener.Sweeper.Idle.WaitAsync(Patience);
        Assert.Equal(5, (await session.QuotaAsync()).Bytes);
        vessel.Opener.CountAnew();
        await vessel.Opener.Sweeper.Idle.WaitAsync(Patience);
        Assert.Equal(new Quota(0, 0, 100, null), await session.QuotaAsync());
        await vessel.Opener.CloseAsync();
    }

    [Fact]
    public async Task A_home_that_can_only_be_read_is_open_to_accounts_with_a_quota()
    {
        await using var vessel = new Vessel(new LocalStorage(), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
        await File.WriteAllTextAsync(Path.Combine(vessel.Home, ".argosy-staging"), "in the way", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(vessel.Home, "file"), "12345", TestContext.Current.CancellationToken);

        var session = await vessel.OpenAsync(grant => grant with { QuotaBytes = 100 });
        Assert.Equal("12345", await session.GetAsync("file"));
        Assert.Equal(new Quota(5, 1, 100, null), await session.QuotaAsync());
        var refused = await Assert.ThrowsAsync<FileException>(() => session.PutAsync("new", "x"));
        Assert.Equal("This home cannot be written to; ask the operator to look at it.", refused.Message);
        await vessel.SweepAsync(count: true);
    }

    [Fact]
    public async Task A_home_whose_disk_hangs_takes_one_thread_and_no_other_home()
    {
        using var storage = new LocalStorage(new() { Staging = _folder.In("staging") });
        var hanging = new Hanging();
        var first = storage.OpenHomeAsync(_folder.In("dead"), true, hanging).AsTask();
        var second = storage.OpenHomeAsync(_folder.In("dead"), true, hanging).AsTask();
        await using var other = await storage.OpenHomeAsync(_folder.In("home"), true, InlineOffload.Instance);
        Assert.Equal(1, hanging.Calls);

        hanging.Go.SetResult();
        var (one, two) = (await first.WaitAsync(Patience), await second.WaitAsync(Patience));
        Assert.Equal((2, one.Identity), (hanging.Calls, two.Identity));
        await one.DisposeAsync();
        await two.DisposeAsync();
    }

    private Vessel Open(Func<string, IHome, Action<Usage>, Task>? count = null)
    {
        IStorage storage = new LocalStorage(new() { Staging = _folder.In("staging") });
        return new Vessel(count is null ? storage : new CountedStorage(storage, count), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
    }

    /// <summary>Its work waits until it may go on.</summary>
    private sealed class Hanging : IOffload
    {
        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls { get; private set; }

        public async ValueTask<TResult> RunAsync<TState, TResult>(Func<TState, TResult> work, TState state)
        {
            Calls++;
            await Go.Task;
            return work(state);
        }
    }
}
