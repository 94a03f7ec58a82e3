using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

public sealed class LocalQuotaTests : QuotaContract
{
    protected override IStorage CreateStorage() => new LocalStorage(new() { Staging = Path.Combine(Temporary.Path, "staging") });

    [Fact]
    public async Task Links_count_as_files_of_their_targets_bytes()
    {
        await Session.PutAsync("a", "12345");
        await Session.MakeLinkAsync(P("link"), "a"u8.ToArray());
        await Session.MakeLinkAsync(P("other"), "link"u8.ToArray());
        Assert.Equal(new Quota(5 + 1 + 4, 3, 100, 3), await Session.QuotaAsync());
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => Session.MakeLinkAsync(P("fourth"), "a"u8.ToArray())));
        await Session.RenameAsync(P("other"), P("link"));
        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => Session.MakeLinkAsync(P("a"), "b"u8.ToArray())));
        Assert.Equal(new Quota(5 + 4, 2, 100, 3), await Session.QuotaAsync());
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => Session.MakeLinkAsync(P("long"), Enumerable.Repeat((byte)'x', 92).ToArray())));
        await Session.PutAsync("link", "123");
        Assert.Equal(new Quota(5 + 3, 2, 100, 3), await Session.QuotaAsync());
        await Session.MakeFolderAsync(P("folder"));
        await Session.MakeLinkAsync(P("folder/link"), "../a"u8.ToArray());
        await Session.RemoveFolderAsync(P("folder"), recursive: true);
        await Session.MakeLinkAsync(P("link2"), "a"u8.ToArray());
        await Session.RemoveAsync(P("link2"));
        Assert.Equal(new Quota(5 + 3, 2, 100, 3), await Session.QuotaAsync());
    }
}

public sealed class MemoryQuotaTests : QuotaContract
{
    protected override IStorage CreateStorage() => new MemoryStorage();
}

/// <summary>A quota holds on every way in, to the byte, and comes back on every way out.</summary>
public abstract partial class QuotaContract : IAsyncLifetime
{
    private Vessel _vessel = null!;
    private FileSession _session = null!;

    internal TestFolder Temporary { get; } = new();

    internal FileSession Session => _session;

    public async ValueTask InitializeAsync()
    {
        _vessel = new Vessel(CreateStorage(), Temporary.In("home"), Path.Combine(Temporary.Path, "ledger"));
        _session = await OpenAsync(100, 3);
    }

    public async ValueTask DisposeAsync()
    {
        await _vessel.DisposeAsync();
        Temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract IStorage CreateStorage();

    [Fact]
    public async Task The_last_byte_can_be_used_and_not_one_more()
    {
        await using (var upload = await _session.OpenUploadAsync(new() { Path = P("file") }))
        {
            await upload.WriteAsync(new byte[60]);
            await upload.WriteAsync(new byte[40]);
            Assert.Equal(FileError.OverQuota, await FailsAsync(() => upload.WriteAsync(new byte[1])));
            Assert.Equal(FileError.OverQuota, await FailsAsync(() => upload.ReserveAsync(1)));
            await upload.CommitAsync();
        }

        Assert.Equal(new Quota(100, 1, 100, 3), await _session.QuotaAsync());
    }

    [Fact]
    public async Task An_announced_length_is_refused_before_a_byte_is_taken()
    {
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => _session.OpenUploadAsync(new() { Path = P("file"), Length = 101 })));
        Assert.Equal(new Quota(0, 0, 100, 3), await _session.QuotaAsync());
        await _session.PutAsync(P("file"), new byte[100]);
    }

    [Fact]
    public async Task The_kernel_is_told_how_many_bytes_fit()
    {
        await _session.PutAsync(P("a"), new byte[70]);
        await using var upload = await _session.OpenUploadAsync(new() { Path = P("b") });

        Assert.Equal(30, await upload.ReserveAsync(1 << 20));
        await upload.AdvanceAsync(30);
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => upload.AdvanceAsync(1)));
        Assert.Equal(30, upload.Offset);
    }

    [Fact]
    public async Task Uploads_under_way_count()
    {
        var other = await OpenAsync(100, 3);
        await using var first = await _session.OpenUploadAsync(new() { Path = P("a"), Length = 80 });

        Assert.Equal(FileError.OverQuota, await FailsAsync(() => other.OpenUploadAsync(new() { Path = P("b"), Length = 21 })));
        await using var second = await other.OpenUploadAsync(new() { Path = P("b"), Length = 20 });
        Assert.Equal(new Quota(100, 2, 100, 3), await other.QuotaAsync());
    }

    [Fact]
    public async Task Files_are_limited_as_well()
    {
        await _session.PutAsync("a", "");
        await _session.PutAsync("b", "");
        await _session.PutAsync("c", "");

        Assert.Equal(FileError.OverQuota, await FailsAsync(() => _session.PutAsync("d", "")));
        await _session.PutAsync("c", "again");
        await _session.RemoveAsync(P("a"));
        await _session.PutAsync("d", "");
    }

    [Fact]
    public async Task A_limit_that_changes_binds_sessions_and_uploads_that_began_before()
    {
        await using var upload = await _session.OpenUploadAsync(new() { Path = P("file") });
        await upload.WriteAsync(new byte[60]);
        _session.Usage.Limit(80, null);

        await upload.WriteAsync(new byte[20]);
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => upload.WriteAsync(new byte[1])));
        _session.Usage.Limit(81, null);
        await upload.WriteAsync(new byte[1]);
        await upload.CommitAsync();
        Assert.Equal(new Quota(81, 1, 81, null), await _session.QuotaAsync());
        _session.Usage.Limit(null, null);
        await _session.PutAsync(P("file"), new byte[1000]);
    }

    [Fact]
    public async Task A_limit_that_comes_later_counts_what_nobody_counted()
    {
        var free = await _vessel.OpenAsync(grant => grant with { Home = Temporary.In("unlimited") });
        await free.PutAsync(P("file"), new byte[70]);
        free.Usage.Limit(100, null);

        Assert.Equal(FileError.OverQuota, await FailsAsync(() => free.PutAsync(P("other"), new byte[31])));
        await free.PutAsync(P("other"), new byte[30]);
        Assert.Equal(new Quota(100, 2, 100, null), await free.QuotaAsync());
    }

    [Fact]
    public async Task Replacing_needs_room_only_for_the_difference()
    {
        await _session.PutAsync(P("file"), new byte[90]);
        await _session.PutAsync(P("file"), new byte[100]);
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => _session.PutAsync(P("file"), new byte[101])));
        await _session.PutAsync(P("file"), new byte[10]);

        Assert.Equal(new Quota(10, 1, 100, 3), await _session.QuotaAsync());
    }

    [Fact]
    public async Task A_file_that_comes_whole_is_limited_as_well()
    {
        await StoreAsync("file", 90);
        await StoreAsync("file", 100);
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => StoreAsync("file", 101)));
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => StoreAsync("other", 1)));
        await StoreAsync("other", 0);
        await StoreAsync("third", 0);
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => StoreAsync("fourth", 0)));

        Assert.Equal(new Quota(100, 3, 100, 3), await _session.QuotaAsync());
        Assert.Equal(100, (await _session.GetAsync(P("file"))).Length);

        ValueTask<FileEntry> StoreAsync(string name, int length) => _session.StoreAsync(new() { Path = P(name) }, new byte[length]);
    }

    [Fact]
    public async Task What_was_to_be_replaced_and_shrank_meanwhile_gives_no_credit()
    {
        var free = await OpenAsync(null, null);
        await _session.PutAsync(P("file"), new byte[100]);
        await using var upload = await _session.OpenUploadAsync(new() { Path = P("file"), Length = 100 });
        await upload.WriteAsync(new byte[100]);
        await free.PutAsync(P("file"), new byte[1]);
        await free.PutAsync(P("other"), new byte[50]);

        Assert.Equal(FileError.OverQuota, await FailsAsync(() => upload.CommitAsync()));
        Assert.Equal(new Quota(51, 2, 100, 3), await _session.QuotaAsync());
        Assert.Single(await _session.GetAsync(P("file")));
    }

    [Fact]
    public async Task Removing_gives_back()
    {
        await _session.PutAsync(P("a"), new byte[50]);
        await _session.MakeFolderAsync(P("folder/sub"), parents: true);
        await _session.PutAsync(P("folder/sub/b"), new byte[50]);
        await _session.RemoveAsync(P("a"));
        Assert.Equal(new Quota(50, 1, 100, 3), await _session.QuotaAsync());
        await _session.RemoveFolderAsync(P("folder"), recursive: true);

        Assert.Equal(new Quota(0, 0, 100, 3), await _session.QuotaAsync());
    }

    [Fact]
    public async Task Renaming_over_a_file_gives_back()
    {
        await _session.PutAsync(P("a"), new byte[30]);
        await _session.PutAsync(P("b"), new byte[70]);
        await _session.RenameAsync(P("a"), P("b"));
        Assert.Equal(new Quota(30, 1, 100, 3), await _session.QuotaAsync());
        await _session.RenameAsync(P("b"), P("c"));

        Assert.Equal(new Quota(30, 1, 100, 3), await _session.QuotaAsync());
    }

    [Fact]
    public async Task Copies_and_appends_count()
    {
        await _session.PutAsync(P("a"), new byte[60]);
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => _session.CopyAsync(P("a"), P("b"))));
        await using (var upload = await _session.OpenUploadAsync(new() { Path = P("a"), Append = true }))
        {
            await upload.WriteAsync(new byte[40]);
            Assert.Equal(FileError.OverQuota, await FailsAsync(() => upload.WriteAsync(new byte[1])));
            await upload.CommitAsync();
        }

        Assert.Equal(new Quota(100, 1, 100, 3), await _session.QuotaAsync());
        Assert.Equal(100, (await _session.FindAsync(P("a")))!.Size);
    }

    [Fact]
    public async Task Unfinished_uploads_count_and_resume_without_counting_twice()
    {
        await LeaveAsync(60);
        Assert.Equal(new Quota(60, 1, 100, 3), await _session.QuotaAsync());
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => _session.PutAsync(P("other"), new byte[41])));
        await using (var upload = await _session.OpenUploadAsync(new() { Path = P("file"), Length = 100, UploadId = "id" }))
        {
            Assert.Equal(60, upload.Offset);
            await upload.WriteAsync(new byte[40]);
            await upload.CommitAsync();
        }

        Assert.Equal(new Quota(100, 1, 100, 3), await _session.QuotaAsync());
    }

    [Fact]
    public async Task An_unfinished_replacement_that_does_not_fit_beside_the_old_file_is_not_kept()
    {
        await _session.PutAsync(P("file"), new byte[80]);
        await LeaveAsync(60);
        Assert.Empty(await _session.ListUploadsAsync());
        await LeaveAsync(20);

        Assert.Single(await _session.ListUploadsAsync());
        Assert.Equal(new Quota(100, 2, 100, 3), await _session.QuotaAsync());
    }

    [Fact]
    public async Task A_refused_upload_with_an_id_leaves_nothing()
    {
        await _session.PutAsync("taken", "x");
        var weak = await _vessel.OpenAsync(grant => grant with { Permissions = Permissions.Write, QuotaBytes = 100, QuotaFiles = 3 });
        foreach (var (session, request, error) in new (FileSession, UploadRequest, FileError)[]
        {
            (_session, new() { Path = P("new"), UploadId = "1", Length = 100 }, FileError.OverQuota),
            (_session, new() { Path = P("taken"), UploadId = "2", Overwrite = false }, FileError.AlreadyExists),
            (weak, new() { Path = P("taken"), UploadId = "3" }, FileError.NotPermitted),
            (_session, new() { Path = P("new"), UploadId = "4", MustExist = true }, FileError.NotFound),
        })
        {
            Assert.Equal(error, await FailsAsync(() => session.OpenUploadAsync(request)));
        }

        Assert.Empty(await _session.ListUploadsAsync());
        Assert.Equal(new Quota(1, 1, 100, 3), await _session.QuotaAsync());
        Assert.Equal(["lock"], Staged());
    }

    [Fact]
    public async Task A_refused_continuation_keeps_what_was_received_and_its_count()
    {
        await LeaveAsync(60);
        await _session.PutAsync(P("other"), new byte[30]);
        foreach (var length in new long[] { 101, 100, 71 })
        {
            var request = new UploadRequest { Path = P("file"), UploadId = "id", Length = length };
            Assert.Equal(FileError.OverQuota, await FailsAsync(() => _session.OpenUploadAsync(request)));
            Assert.Equal(60, Assert.Single(await _session.ListUploadsAsync()).Received);
            Assert.Equal(new Quota(90, 2, 100, 3), await _session.QuotaAsync());
        }

        await using var upload = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id", Length = 70 });
        Assert.Equal(60, upload.Offset);
        await upload.WriteAsync(new byte[10]);
        await upload.CommitAsync();
        Assert.Equal(new Quota(100, 2, 100, 3), await _session.QuotaAsync());
    }

    [Fact]
    public async Task A_continuation_as_another_file_that_is_refused_keeps_what_was_received()
    {
        await using (var upload = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id", Length = 80 }))
        {
            await upload.WriteAsync(new byte[60]);
        }

        Assert.Equal(FileError.OverQuota, await FailsAsync(() => _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id", Length = 101 })));
        Assert.Equal(60, Assert.Single(await _session.ListUploadsAsync()).Received);
        await using var again = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id", Length = 80 });
        Assert.Equal(60, again.Offset);
    }

    [Fact]
    public async Task An_append_with_an_id_that_does_not_fit_leaves_nothing()
    {
        await _session.PutAsync(P("file"), new byte[60]);
        await _session.PutAsync(P("other"), new byte[30]);
        _session.Usage.Limit(50, null);
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id", Append = true, Length = 70 })));

        Assert.Empty(await _session.ListUploadsAsync());
        Assert.Equal(new Quota(90, 2, 50, null), await _session.QuotaAsync());
        Assert.Equal(["lock"], Staged());
    }

    [Fact]
    public async Task Replacements_that_stall_fill_no_more_than_twice_the_quota()
    {
        await _session.PutAsync(P("file"), new byte[100]);
        var stalled = new List<Upload>();
        for (var i = 0; i < 2; i++)
        {
            stalled.Add(await _session.OpenUploadAsync(new() { Path = P("file"), Length = 100 }));
            await stalled[i].WriteAsync(new byte[99]);
        }

        Assert.Equal(FileError.OverQuota, await FailsAsync(() => _session.OpenUploadAsync(new() { Path = P("file"), Length = 100 })));
        await stalled[0].DisposeAsync();
        await _session.PutAsync(P("file"), new byte[100]);
        await stalled[1].WriteAsync(new byte[1]);
        await stalled[1].CommitAsync();
        await _session.PutAsync(P("file"), new byte[100]);
        Assert.Equal(new Quota(100, 1, 100, 3), await _session.QuotaAsync());
    }

    [Fact]
    public async Task A_visitor_of_a_drop_box_is_not_told_what_others_left()
    {
        var visitor = await _vessel.OpenAsync(grant => grant with { Permissions = Permissions.Write, NumberExisting = true, QuotaBytes = 100 });
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => visitor.QuotaAsync()));
    }

    [Fact]
    public async Task Fifty_uploads_at_once_never_exceed_it()
    {
        var big = 50L << 20;
        var sessions = new List<FileSession>();
        for (var i = 0; i < 50; i++)
        {
            sessions.Add(await OpenAsync(big, null));
        }

        var results = await Task.WhenAll(sessions.Select((session, i) => Task.Run(async () =>
        {
            try
            {
                await using var upload = await session.OpenUploadAsync(new() { Path = P($"file{i}") });
                for (var part = 0; part < 40; part++)
                {
                    await upload.WriteAsync(new byte[50_000]);
                }

                await upload.CommitAsync();
                return 2_000_000L;
            }
            catch (FileException refused) when (refused.Error == FileError.OverQuota)
            {
                return 0L;
            }
        })));

        var quota = await sessions[0].QuotaAsync();
        Assert.Equal(results.Sum(), quota.Bytes);
        Assert.InRange(quota.Bytes, 1, big);
        Assert.Equal(results.Count(result => result > 0), quota.Files);
    }

    [Fact]
    public async Task Writers_and_removers_of_one_name_leave_the_right_sum()
    {
        var sessions = new List<FileSession>();
        for (var i = 0; i < 4; i++)
        {
            sessions.Add(await OpenAsync(null, null));
        }

        await Task.WhenAll(sessions.Select((session, i) => Task.Run(async () =>
        {
            var random = new Random(i);
            for (var round = 0; round < 300; round++)
            {
                try
                {
                    await (random.Next(4) switch
                    {
                        0 => session.RemoveAsync(P("b")).AsTask(),
                        1 => session.RenameAsync(P("a"), P("b")).AsTask(),
                        _ => session.PutAsync(P(random.Next(2) == 0 ? "a" : "b"), new byte[random.Next(1000)]),
                    });
                }
                catch (FileException missing) when (missing.Error == FileError.NotFound)
                {
                }
            }
        })));

        var (bytes, files) = (0L, 0L);
        await foreach (var entry in _session.ListAsync(RemotePath.Root))
        {
            (bytes, files) = (bytes + entry.Size, files + 1);
        }

        Assert.Equal(new Quota(bytes, files, 100, 3), await _session.QuotaAsync());
    }

    [Fact]
    public async Task Files_that_arrive_in_a_folder_while_it_is_removed_are_counted_right()
    {
        var sessions = new List<FileSession>();
        for (var i = 0; i < 3; i++)
        {
            sessions.Add(await OpenAsync(null, null));
        }

        await Task.WhenAll(sessions.Select(session => Task.Run(async () =>
        {
            for (var round = 0; round < 100; round++)
            {
                try
                {
                    await session.MakeFolderAsync(P("tree/sub"), parents: true);
                    await session.PutAsync(P("tree/sub/x"), new byte[round]);
                    await session.RemoveFolderAsync(P("tree"), recursive: true);
                }
                catch (FileException raced) when (raced.Error is FileError.NotFound)
                {
                }
            }
        })));

        await sessions[0].MakeFolderAsync(P("tree"), parents: true);
        await sessions[0].RemoveFolderAsync(P("tree"), recursive: true);
        Assert.Equal(new Quota(0, 0, 100, 3), await _session.QuotaAsync());
    }

    private string[] Staged() => this is MemoryQuotaTests
        ? ["lock"]
        : [.. Directory.EnumerateFiles(Path.Combine(Temporary.Path, "staging"), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))];

    private async Task<FileSession> OpenAsync(long? bytes, long? files) =>
        await _vessel.OpenAsync(grant => grant with { QuotaBytes = bytes, QuotaFiles = files });

    private async Task LeaveAsync(int bytes)
    {
        await using var upload = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" });
        await upload.WriteAsync(new byte[bytes]);
    }
}
