using System.Text;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>What a step leaves in the ledger tells after a crash whether it happened, whatever happened since.</summary>
public sealed class StepMarkTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private LocalStorage _storage = null!;
    private LocalHome _home = null!;

    private string Staging => Directory.GetDirectories(Path.Combine(_folder.Path, "staging")).Single();

    public async ValueTask InitializeAsync()
    {
        _storage = new LocalStorage(new() { Staging = Path.Combine(_folder.Path, "staging") });
        _home = (LocalHome)await _storage.OpenHomeAsync(_folder.In("home"), true, InlineOffload.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _home.DisposeAsync();
        _storage.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_published_upload_stays_published_when_another_one_has_its_name()
    {
        var tally = new RecordingTally();
        await using (var staged = await StageAsync("id"))
        {
            await staged.PublishAsync(new(OnExisting.Replace, null, null), 3, tally);
        }

        var mark = Assert.Single(tally.Marks);
        Assert.True(await HappenedAsync(mark));
        await using (var again = await StageAsync("id"))
        {
            await again.KeepAsync(3, new RecordingTally());
        }

        Assert.Single(await _home.ListUnfinishedAsync("ann"));
        Assert.True(await HappenedAsync(mark));
    }

    [Fact]
    public async Task An_upload_that_was_not_published_is_known_not_to_be()
    {
        var tally = new RecordingTally { Fails = true };
        await using var staged = await StageAsync("id");
        await Assert.ThrowsAsync<FileException>(async () => await staged.PublishAsync(new(OnExisting.Replace, null, null), 3, tally));

        Assert.False(await HappenedAsync(Assert.Single(tally.Marks)));
    }

    [Fact]
    public async Task A_kept_upload_was_kept_even_when_it_has_grown_since()
    {
        var tally = new RecordingTally();
        await using (var staged = await StageAsync("id"))
        {
            await staged.KeepAsync(3, tally);
        }

        await using (var more = await StageAsync("id"))
        {
            await more.WriteAsync(3, "456"u8.ToArray());
            await more.KeepAsync(6, new RecordingTally());
        }

        Assert.True(await HappenedAsync(Assert.Single(tally.Marks)));
    }

    [Theory]
    [InlineData("w:NAME::")]
    [InlineData("x:NAME::")]
    [InlineData("l:NAME:2:")]
    public async Task What_an_open_step_names_is_not_swept(string pattern)
    {
        const string Orphan = "w.7.1"; // No process has the lock of its token.
        File.WriteAllText(Path.Combine(Staging, Orphan), "x");
        var mark = Encoding.ASCII.GetBytes(pattern.Replace("NAME", Orphan, StringComparison.Ordinal));
        var before = await HappenedAsync(mark);
        await _home.SweepAsync(DateTime.UnixEpoch, () => new RecordingTally(), () => [mark]);
        Assert.True(File.Exists(Path.Combine(Staging, Orphan)));
        Assert.Equal(before, await HappenedAsync(mark));

        await _home.SweepAsync(DateTime.UnixEpoch, () => new RecordingTally(), () => []);
        Assert.False(File.Exists(Path.Combine(Staging, Orphan)));
    }

    [Fact]
    public async Task Who_is_dead_is_looked_at_before_the_open_steps_are_asked_for()
    {
        const string Orphan = "w.7.1";
        File.WriteAllText(Path.Combine(Staging, Orphan), "x");
        await _home.SweepAsync(DateTime.UnixEpoch, () => new RecordingTally(), () =>
        {
            File.WriteAllText(Path.Combine(Staging, "w.8.1"), "of a process that dies at this moment");
            return [];
        });

        Assert.Equal(["lock", "w.8.1"], Directory.GetFiles(Staging).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_file_that_was_not_stored_is_there_until_its_intent_is_gone()
    {
        var wasThere = false;
        var tally = new RecordingTally { Fails = true, OnDisposed = () => wasThere = Directory.GetFiles(Staging, "w.*").Length == 1 };
        await Assert.ThrowsAsync<FileException>(async () =>
            await _home.StoreAsync(P("file"), "123"u8.ToArray(), new(OnExisting.Replace, null, null), tally));

        Assert.True(wasThere);
        Assert.Empty(Directory.GetFiles(Staging, "w.*"));
    }

    [Fact]
    public async Task Of_many_files_those_have_happened_that_are_no_longer_in_their_folder()
    {
        const string Orphan = "w.7.1"; // No process has the lock of its token.
        var folder = Directory.CreateDirectory(Path.Combine(Staging, Orphan)).FullName;
        var list = new List<byte>();
        foreach (var (number, bytes, files) in new[] { (0, 100L, 1), (1, 20L, 1), (2, -3L, 0), (7, 4L, 1) })
        {
            list.AddRange([.. BitConverter.GetBytes(number), .. BitConverter.GetBytes(bytes), .. BitConverter.GetBytes(files)]);
        }

        File.WriteAllBytes(Path.Combine(folder, "list"), [.. list]);
        File.WriteAllText(Path.Combine(folder, "0"), "");
        File.WriteAllText(Path.Combine(folder, "7"), "");
        var mark = "v:w.7.1::"u8.ToArray();
        Assert.Equal(new Usage(17, 1), await _home.HappenedAsync(mark, new(1000, 4)));

        await _home.SweepAsync(DateTime.UnixEpoch, () => new RecordingTally(), () => [mark]);
        Assert.Equal(new Usage(17, 1), await _home.HappenedAsync(mark, new(1000, 4)));
        await _home.SweepAsync(DateTime.UnixEpoch, () => new RecordingTally(), () => []);
        Assert.False(Directory.Exists(folder));
        Assert.Equal(default, await _home.HappenedAsync(mark, new(1000, 4)));
    }

    private async Task<bool> HappenedAsync(ReadOnlyMemory<byte> mark) => await _home.HappenedAsync(mark, new(3, 1)) == new Usage(3, 1);

    private async Task<IStaged> StageAsync(string id)
    {
        var staged = await _home.StageAsync(new(P("file"), "ann", id, null, Trust: true));
        await staged.AcceptAsync();
        await staged.WriteAsync(0, "123"u8.ToArray());
        return staged;
    }

    /// <summary>Remembers the marks; or fails like a ledger that is full, after it has written the intent.</summary>
    private sealed class RecordingTally : ITally
    {
        public List<byte[]> Marks { get; } = [];

        public bool Fails { get; init; }

        public Action? OnDisposed { get; init; }

        public void Begin(Usage change, ReadOnlySpan<byte> mark)
        {
            Assert.InRange(mark.Length, 1, 64);
            Marks.Add(mark.ToArray());
            if (Fails)
            {
                throw new FileException(FileError.Storage, "full");
            }
        }

        public void Complete()
        {
        }

        public void Complete(Usage change)
        {
        }

        public void Dispose() => OnDisposed?.Invoke();
    }
}
