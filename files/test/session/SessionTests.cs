using Microsoft.Extensions.Logging;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

public sealed class SessionTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private Vessel _vessel = null!;

    public ValueTask InitializeAsync()
    {
        _vessel = new Vessel(new LocalStorage(new() { Staging = _folder.In("staging") }), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _vessel.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_permission_is_asked_for_before_the_disk_is_touched()
    {
        Directory.Delete(_vessel.Home); // Whoever asks the disk now gets Storage, not NotPermitted.
        Directory.CreateDirectory(_vessel.Home);
        var session = await OpenAsync(Permissions.None);
        Directory.Delete(_vessel.Home);
        foreach (var refused in new Func<Task>[]
        {
            () => session.FindAsync(P("x")).AsTask(),
            () => session.NamesAsync(),
            () => session.GetAsync("x"),
            () => session.PutAsync("x", "x"),
            () => session.MakeFolderAsync(P("x")).AsTask(),
            () => session.MakeFolderAsync(P("x/y"), parents: true).AsTask(),
            () => session.RemoveAsync(P("x")).AsTask(),
            () => session.RemoveFolderAsync(P("x"), recursive: true).AsTask(),
            () => session.RenameAsync(P("x"), P("y")).AsTask(),
            () => session.CopyAsync(P("x"), P("y")).AsTask(),
            () => session.TouchAsync(P("x"), DateTime.UtcNow).AsTask(),
            () => session.HashAsync(P("x"), ChecksumAlgorithm.Md5).AsTask(),
            () => session.ChangeFolderAsync(P("x")).AsTask(),
        })
        {
            Assert.Equal(FileError.NotPermitted, await FailsAsync(refused));
        }
    }

    [Theory]
    [InlineData(Permissions.Write, true, false)]
    [InlineData(Permissions.Overwrite, false, true)]
    [InlineData(Permissions.Write | Permissions.Overwrite, true, true)]
    public async Task Making_and_replacing_are_two_permissions(Permissions permissions, bool mayMake, bool mayReplace)
    {
        var all = await OpenAsync(Permissions.Default);
        await all.PutAsync("old", "x");
        var session = await OpenAsync(permissions);

        Assert.Equal(mayMake, await SucceedsAsync(() => session.PutAsync("new", "y")));
        Assert.Equal(mayReplace, await SucceedsAsync(() => session.PutAsync("old", "y")));
        Assert.Equal(mayReplace ? "y" : "x", await all.GetAsync("old"));
    }

    [Fact]
    public async Task Without_overwrite_a_file_that_came_meanwhile_stays()
    {
        var all = await OpenAsync(Permissions.Default);
        var session = await OpenAsync(Permissions.Write);
        await using var upload = await session.OpenUploadAsync(new() { Path = P("file") });
        await all.PutAsync("file", "first");

        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => upload.CommitAsync()));
        Assert.Equal("first", await all.GetAsync("file"));
    }

    [Fact]
    public async Task A_drop_box_shows_and_changes_nothing_that_others_left()
    {
        var all = await OpenAsync(Permissions.Default);
        await all.PutAsync("left", "x");
        var first = await _vessel.OpenAsync(AsVisitor);
        await using (var upload = await first.OpenUploadAsync(new() { Path = P("secret plan"), UploadId = "mine" }))
        {
            await upload.WriteAsync(new byte[3]);
        }

        var second = await _vessel.OpenAsync(AsVisitor);
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => second.ListUploadsAsync()));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => second.TouchAsync(P("left"), DateTime.UnixEpoch)));
        await using var resumed = await first.OpenUploadAsync(new() { Path = P("secret plan"), UploadId = "mine" });
        Assert.Equal(3, resumed.Offset);

        static SessionGrant AsVisitor(SessionGrant grant) => grant with { Name = "anonymous", Permissions = Permissions.Write, NumberExisting = true };
    }

    [Fact]
    public async Task Renaming_over_needs_overwrite()
    {
        var all = await OpenAsync(Permissions.Default);
        await all.PutAsync("a", "a");
        await all.PutAsync("b", "b");
        var session = await OpenAsync(Permissions.Rename);

        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => session.RenameAsync(P("a"), P("b"))));
        await session.RenameAsync(P("a"), P("c"));
    }

    [Fact]
    public async Task The_longest_matching_path_decides()
    {
        var all = await OpenAsync(Permissions.Default);
        await all.MakeFolderAsync(P("a/b/c"), parents: true);
        var session = await OpenAsync(Permissions.Default, new("/a", Permissions.List), new("/a/b/", Permissions.Default), new("/a/b/c", Permissions.None));

        await session.PutAsync("x", "x");
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => session.PutAsync("a/x", "x")));
        await session.PutAsync("a/b/x", "x");
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => session.PutAsync("a/b/c/x", "x")));
        await session.PutAsync("ab", "x");
    }

    [Fact]
    public async Task Moving_and_removing_are_no_way_around_the_rules_of_a_path()
    {
        var all = await OpenAsync(Permissions.Default);
        await all.MakeFolderAsync(P("a/private"), parents: true);
        await all.PutAsync("a/private/secret", "x");
        await all.MakeFolderAsync(P("in"));
        await all.PutAsync("in/file", "x");
        var session = await OpenAsync(Permissions.Default, new("/a/private", Permissions.Rename), new("/in", Permissions.Write | Permissions.Rename));

        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => session.RenameAsync(P("a"), P("b"))));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => session.RenameAsync(P("a/private/secret"), P("mine"))));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => session.RenameAsync(P("in/file"), P("mine"))));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => session.RemoveFolderAsync(P("a"), recursive: true)));
        Assert.Equal("x", await all.GetAsync("a/private/secret"));
        await session.PutAsync("mine", "y");
        await session.RenameAsync(P("mine"), P("in/mine"));
    }

    [Fact]
    public async Task A_session_that_ended_refuses_everything()
    {
        using var end = new CancellationTokenSource();
        var session = await _vessel.OpenAsync(grant => grant with { Ended = end.Token });
        await session.PutAsync("file", "content");
        await using var upload = await session.OpenUploadAsync(new() { Path = P("new") });
        await using var download = await session.OpenDownloadAsync(P("file"));
        end.Cancel();

        Assert.True(session.Ended.IsCancellationRequested);
        foreach (var refused in new Func<Task>[]
        {
            () => upload.WriteAsync(new byte[1]).AsTask(),
            () => upload.ReserveAsync(1).AsTask(),
            () => upload.AdvanceAsync(1).AsTask(),
            () => upload.CommitAsync().AsTask(),
            () => download.ReadAsync(0, new byte[1]).AsTask(),
            () => session.FindAsync(P("file")).AsTask(),
            () => session.NamesAsync(),
            () => session.GetAsync("file"),
            () => session.PutAsync("other", "x"),
            () => session.RemoveAsync(P("file")).AsTask(),
            () => session.RenameAsync(P("file"), P("x")).AsTask(),
            () => session.QuotaAsync().AsTask(),
            () => session.ListUploadsAsync().AsTask(),
        })
        {
            Assert.Equal(FileError.SessionEnded, await FailsAsync(refused));
        }
    }

    [Fact]
    public async Task A_session_gives_its_grant_back_once()
    {
        var released = 0;
        var session = await _vessel.OpenAsync(grant => grant with { Release = () => released++ });
        await session.DisposeAsync();
        await session.DisposeAsync();
        Assert.Equal(1, released);
        await Assert.ThrowsAsync<FileException>(() => _vessel.OpenAsync(
            grant => grant with { Home = "/nowhere/at/all", Release = () => released++ }));
        Assert.Equal(2, released);
    }

    [Fact]
    public async Task Unfinished_uploads_expire_while_the_server_runs()
    {
        var clock = new ManualClock { Now = DateTimeOffset.UtcNow };
        var opener = new SessionOpener(_vessel.Storage, _vessel.Ledger, 0, TimeSpan.FromDays(7), new Listener(), clock);
        await using var session = await opener.OpenAsync(Vessel.Grant(_vessel.Home), InlineOffload.Instance);
        await using (var upload = await session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" }))
        {
            await upload.WriteAsync(new byte[5]);
        }

        opener.BeginSweeping(() => [_vessel.Home]); // Nobody logs in any more.
        foreach (var (days, left) in ((int, int)[])[(6, 1), (8, 0)])
        {
            clock.Now = DateTimeOffset.UtcNow.AddDays(days);
            opener.Sweeper.Wake(count: false);
            await opener.Sweeper.Idle;
            Assert.Equal(left, (await session.ListUploadsAsync()).Count);
            Assert.Equal(left, (await session.QuotaAsync()).Files);
        }

        await opener.CloseAsync();
    }

    [Fact]
    public async Task A_home_that_could_not_be_settled_is_settled_at_the_next_login()
    {
        var failing = new FailingOnce(at: 2); // The home is opened first.
        Assert.Equal(FileError.Storage, await FailsAsync(() => _vessel.Opener.OpenAsync(Vessel.Grant(_vessel.Home), failing)));

        await using var session = await _vessel.Opener.OpenAsync(Vessel.Grant(_vessel.Home), failing);
        Assert.Equal(4, failing.Calls);
    }

    [Fact]
    public async Task After_a_process_has_died_a_home_is_settled_at_its_next_login_whichever_process_it_is_in()
    {
        SessionOpener Open(bool isMember) =>
            new(_vessel.Storage, _vessel.Ledger, 0, TimeSpan.FromDays(7), new Listener(), isMember: isMember);
        var (owner, one, other) = (Open(isMember: false), Open(isMember: true), Open(isMember: true));
        const int opened = 1, settled = 2; // Pieces of work on the disk.

        Assert.Equal(settled, await WorkAsync(one));
        Assert.Equal(opened, await WorkAsync(other));
        Assert.Equal(opened, await WorkAsync(owner));
        Assert.Equal(opened, await WorkAsync(Open(isMember: true)));
        owner.SettleAnew();
        Assert.Equal(settled, await WorkAsync(other));
        Assert.Equal(opened, await WorkAsync(one));
        Assert.Equal(settled, await WorkAsync(Open(isMember: false)));

        async Task<int> WorkAsync(SessionOpener opener)
        {
            var counting = new FailingOnce(at: int.MaxValue);
            await using var session = await opener.OpenAsync(Vessel.Grant(_vessel.Home), counting);
            return counting.Calls;
        }
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_used_is_an_error_of_the_storage()
    {
        var grant = Vessel.Grant(_vessel.Home) with { QuotaBytes = 100 };
        var session = await _vessel.OpenAsync(_ => grant);
        await session.PutAsync("file", "x");
        await session.PutAsync("other", "x");
        await using var upload = await session.OpenUploadAsync(new() { Path = P("new") });
        await upload.WriteAsync(new byte[5]);
        _vessel.Ledger.Dispose();

        foreach (var refused in new Func<Task>[]
        {
            () => upload.CommitAsync().AsTask(),
            () => session.PutAsync("next", "x"),
            () => session.RemoveAsync(P("file")).AsTask(),
            () => session.RenameAsync(P("file"), P("other")).AsTask(),
            () => session.QuotaAsync().AsTask(),
            () => _vessel.OpenAsync(_ => grant),
        })
        {
            Assert.Equal(FileError.Storage, await FailsAsync(refused));
        }

        Assert.Equal("x", await session.GetAsync("file"));
        Assert.Empty(await session.ListUploadsAsync());
    }

    [Fact]
    public async Task A_disk_below_its_reserve_takes_no_uploads()
    {
        var opener = new SessionOpener(_vessel.Storage, _vessel.Ledger, long.MaxValue / 2, TimeSpan.FromDays(7), new Listener());
        await using var session = await opener.OpenAsync(Vessel.Grant(_vessel.Home), InlineOffload.Instance);

        Assert.Equal(FileError.NoSpace, await FailsAsync(() => session.PutAsync("file", "x")));
        Assert.Equal(FileError.NoSpace, await FailsAsync(() => session.MakeFolderAsync(P("folder"))));
        Assert.Equal(FileError.NoSpace, await FailsAsync(() => session.MakeFolderAsync(P("folder"), parents: true)));
        Assert.Equal(FileError.NoSpace, await FailsAsync(() => session.MakeLinkAsync(P("link"), "file"u8.ToArray())));
        var all = await OpenAsync(Permissions.Default);
        Assert.Equal(FileError.NoSpace, await FailsAsync(() => all.OpenUploadAsync(new() { Path = P("big"), Length = long.MaxValue / 4 })));
    }

    [Fact]
    public async Task The_log_tells_what_happened_in_escaped_names()
    {
        var log = new Listener();
        var opener = new SessionOpener(_vessel.Storage, _vessel.Ledger, 0, TimeSpan.FromDays(7), log);
        await using var session = await opener.OpenAsync(
            Vessel.Grant(_vessel.Home) with { Paths = [new("/no", Permissions.None)] }, InlineOffload.Instance);
        var path = session.Resolve("a\u001b[2J\nb"u8);
        await session.PutAsync(path, [1, 2, 3]);
        await session.GetAsync(path);
        await session.RenameAsync(path, P("new"));
        await session.RemoveAsync(P("new"));
        await FailsAsync(() => session.PutAsync("no/x", "x"));

        Assert.Equal(
        [
            "\"ann\" uploaded \"/a\\x1b[2J\\x0ab\", 3 bytes",
            "\"ann\" downloads \"/a\\x1b[2J\\x0ab\", 3 bytes",
            "\"ann\" renamed \"/a\\x1b[2J\\x0ab\" to \"/new\"",
            "\"ann\" removed \"/new\"",
            "\"ann\" was refused: \"/no/x\" may not be written",
        ], log.Lines);
    }

    private static async Task<bool> SucceedsAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (FileException refused)
        {
            Assert.Equal(FileError.NotPermitted, refused.Error);
            return false;
        }
    }

    private Task<FileSession> OpenAsync(Permissions permissions, params PathPermissions[] paths) =>
        _vessel.OpenAsync(grant => grant with { Permissions = permissions, Paths = paths });

    private sealed class FailingOnce(int at) : IOffload
    {
        public int Calls { get; private set; }

        public ValueTask<TResult> RunAsync<TState, TResult>(Func<TState, TResult> work, TState state) =>
            ++Calls == at ? throw new FileException(FileError.Storage, "The disk failed.") : new(work(state));
    }

    private sealed class Listener : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
