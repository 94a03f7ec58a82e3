using System.Runtime.InteropServices;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>A disk that answers late, or not at all, is waited for under the session's offload and never on its thread.</summary>
public sealed partial class HungDiskTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly HeldOffload _offload = new();
    private LocalStorage _storage = null!;
    private IHome _home = null!;

    public async ValueTask InitializeAsync()
    {
        _storage = new LocalStorage();
        _home = await _storage.OpenHomeAsync(_folder.In("home"), true, _offload);
    }

    public ValueTask DisposeAsync()
    {
        _storage.Dispose();
        _folder.Dispose();
        return default;
    }

    [Fact]
    public async Task Nothing_is_written_by_the_thread_that_brings_a_small_piece()
    {
        var staged = await _home.StageAsync(new(P("file"), "ann", null, null, Trust: true));
        _offload.Holds = true;
        Assert.True(staged.WriteAsync(0, new byte[1000]).IsCompletedSuccessfully);
        Kernel.Stat((int)staged.File!.DangerousGetHandle(), out var status);
        Assert.Equal(0, status.Length);

        Assert.False(staged.WriteAsync(1000, new byte[LocalHome.SmallIO]).IsCompleted);
        _offload.Release();
        Kernel.Stat((int)staged.File!.DangerousGetHandle(), out status);
        Assert.Equal(1000 + LocalHome.SmallIO, status.Length);
    }

    [Fact]
    public async Task Closing_what_nobody_wants_any_more_waits_elsewhere_too()
    {
        var staged = await _home.StageAsync(new(P("file"), "ann", null, null, Trust: true));
        await _home.StoreAsync(P("read"), "123"u8.ToArray(), new(OnExisting.Replace, null, null), new Unlimited());
        var content = await _home.OpenAsync(P("read"));
        await _home.RemoveAsync(P("read"), new Unlimited());
        _offload.Holds = true;

        Assert.False(staged.DisposeAsync().IsCompleted);
        Assert.False(content.DisposeAsync().IsCompleted);
        _offload.Release();
        Assert.Equal(["lock"], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    public async Task What_is_not_in_memory_is_read_elsewhere()
    {
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        await _home.StoreAsync(P("file"), bytes, new(OnExisting.Replace, null, null), new Unlimited());
        await using var content = await _home.OpenAsync(P("file"));
        Kernel.Stat((int)content.File!.DangerousGetHandle(), out var status);
        Assert.SkipWhen(MemoryDisks.Contain((int)content.File!.DangerousGetHandle(), status), "not applicable: the temporary folder is in memory.");
        var buffer = new byte[1000];
        Assert.True(content.ReadAsync(0, buffer).IsCompletedSuccessfully);

        Kernel.Sync((int)content.File!.DangerousGetHandle());
        Assert.Equal(0, Advise((int)content.File!.DangerousGetHandle(), 0, 0, 4)); // POSIX_FADV_DONTNEED
        _offload.Holds = true;
        var reading = content.ReadAsync(200_000, buffer);
        Assert.False(reading.IsCompleted);
        _offload.Release();
        Assert.Equal(1000, await reading);
        Assert.Equal(bytes[200_000..201_000], buffer);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_the_pieces_are_the_file_is_what_was_written(int seed)
    {
        var random = new Random(seed);
        var expected = new byte[400_000];
        var staged = await _home.StageAsync(new(P("file"), "ann", "id", null, Trust: true));
        await staged.AcceptAsync();
        var end = 0;
        while (end < expected.Length)
        {
            // Mostly on and on; now and then over what came before, or looked at.
            var offset = random.Next(10) == 0 ? random.Next(end + 1) : end;
            var piece = new byte[Math.Min(random.Next(1, random.Next(2) == 0 ? 3000 : 90_000), expected.Length - offset)];
            random.NextBytes(piece);
            piece.CopyTo(expected.AsSpan(offset));
            await staged.WriteAsync(offset, piece);
            end = Math.Max(end, offset + piece.Length);
            if (random.Next(8) == 0)
            {
                var read = new byte[2000];
                var from = random.Next(end);
                var count = await staged.ReadAsync(from, read);
                Assert.Equal(Math.Min(2000, end - from), count);
                Assert.Equal(expected.AsSpan(from, count), read.AsSpan(0, count));
            }
        }

        await staged.PublishAsync(new(OnExisting.Replace, null, null), end, new Unlimited());
        await staged.DisposeAsync();
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(_folder.Path, "home", "file")));
    }

    [Fact]
    public void What_a_full_disk_took_of_an_upload_is_kept() => PrivateMounts.Run(() =>
    {
        PrivateMounts.Disk(Path.Combine(_folder.Path, "home", "disk"), "1m");
        using var storage = new LocalStorage();
        var home = storage.OpenHomeAsync(Path.Combine(_folder.Path, "home"), true, InlineOffload.Instance).AsTask().GetAwaiter().GetResult();
        var staged = home.StageAsync(new(P("disk/file"), "ann", "id", null, Trust: true)).AsTask().GetAwaiter().GetResult();
        staged.AcceptAsync().AsTask().GetAwaiter().GetResult();
        var length = 0;
        var failure = Record.Exception(() =>
        {
            for (; length < 2_000_000; length += 1000)
            {
                staged.WriteAsync(length, new byte[1000]).AsTask().GetAwaiter().GetResult();
            }
        });
        Assert.Equal(FileError.NoSpace, Assert.IsType<FileException>(failure).Error);
        staged.KeepAsync(length, new Unlimited()).AsTask().GetAwaiter().GetResult();

        var kept = Assert.Single(home.ListUnfinishedAsync("ann").AsTask().GetAwaiter().GetResult());
        Assert.InRange(kept.Received, 800_000, length);
    });

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int descriptor, long offset, long length, int advice);

    /// <summary>Runs work at once, or not before it is told to: a disk that hangs.</summary>
    private sealed class HeldOffload : IOffload
    {
        private readonly Queue<Action> _held = new();

        public bool Holds { get; set; }

        public ValueTask<TResult> RunAsync<TState, TResult>(Func<TState, TResult> work, TState state)
        {
            if (!Holds)
            {
                return new(work(state));
            }

            var result = new TaskCompletionSource<TResult>();
            _held.Enqueue(() => result.SetResult(work(state)));
            return new(result.Task);
        }

        public void Release()
        {
            Holds = false;
            while (_held.TryDequeue(out var work))
            {
                work();
            }
        }
    }

    private sealed class Unlimited : ITally
    {
        public void Begin(Usage change, ReadOnlySpan<byte> mark)
        {
        }

        public void Complete()
        {
        }

        public void Complete(Usage change)
        {
        }

        public void Dispose()
        {
        }
    }
}
