using Microsoft.Extensions.Logging;

namespace Argosy.Ledger.Tests;

/// <summary>A ledger that is not what was written must be counted again; its zeros are never taken for usage.</summary>
public sealed class DamageTests : IDisposable
{
    private static readonly Amount Usage = new(123_456, 78);
    private static readonly Guid Boot = Guid.NewGuid();

    private readonly TempFolder _folder = new();

    public DamageTests()
    {
        using var ledger = Ledger.Open(_folder.Ledger, Boot);
        ledger.Counter("home").Reset(Usage);
        ledger.Counter("other").Reset(new Amount(1, 1));
        _ = ledger.Counter("home").TryLease(new Amount(10, 1), Amount.Unlimited);
    }

    [Fact]
    public void An_undamaged_file_is_believed()
    {
        using var ledger = Ledger.Open(_folder.Ledger, Boot);

        Assert.Equal((false, Usage), (ledger.Counter("home").NeedsCount, ledger.Counter("home").Settled));
        Assert.Equal(new Amount(10, 1), ledger.Counter("home").Leased);
    }

    [Fact]
    public void Any_damaged_byte_leaves_the_truth_or_a_need_to_count()
    {
        var whole = File.ReadAllBytes(_folder.Ledger);
        var needed = 0;

        // The header and journal, then the records in use and one that is free.
        foreach (var at in Enumerable.Range(0, 64 + 400).Concat(Enumerable.Range(4096, 4 * 328)))
        {
            foreach (var flip in new byte[] { 0x01, 0x80, 0xFF })
            {
                var damaged = whole.ToArray();
                damaged[at] ^= flip;
                File.WriteAllBytes(_folder.Ledger, damaged);
                using var ledger = Ledger.Open(_folder.Ledger, Boot);
                var home = ledger.Counter("home");
                if (home.NeedsCount)
                    needed++;
                else
                    Assert.Equal((Usage, new Amount(10, 1)), (home.Settled, home.Leased));
            }
        }

        Assert.InRange(needed, 3 * (56 + (3 * 328)), int.MaxValue);
    }

    [Fact]
    public void A_file_cut_anywhere_leaves_the_truth_or_a_need_to_count()
    {
        var whole = File.ReadAllBytes(_folder.Ledger);
        for (var length = 0; length < 4096 + (6 * 328); length += length < 64 ? 1 : 41)
        {
            File.WriteAllBytes(_folder.Ledger, whole[..length]);
            using var ledger = Ledger.Open(_folder.Ledger, Boot);
            var home = ledger.Counter("home");
            if (!home.NeedsCount) Assert.Equal((Usage, new Amount(10, 1)), (home.Settled, home.Leased));
            Assert.Equal(length < 4096 + (3 * 328), home.NeedsCount);
        }
    }

    [Fact]
    public void Another_boot_means_a_new_count_without_leases()
    {
        using var ledger = Ledger.Open(_folder.Ledger, Guid.NewGuid());

        Assert.True(ledger.Counter("home").NeedsCount);
        Assert.Equal(default, ledger.Counter("home").Used);
    }

    [Fact]
    public void Damage_while_open_is_noticed_and_living_leases_are_entered_again()
    {
        using var ledger = Ledger.Open(_folder.Ledger, Boot);
        using var other = Ledger.Open(_folder.Ledger, Boot);
        var home = ledger.Counter("home");
        using var lease = home.TryLease(new Amount(5, 1), Amount.Unlimited)!;
        Overwrite(4096 + 16, [9]);

        Assert.True(home.NeedsCount);
        Assert.Throws<NotCountedException>(() => home.TryLease(new Amount(1, 1), new Amount(1_000_000, -1)));
        Assert.True(lease.TryGrow(new Amount(2, 0), Amount.Unlimited));
        Assert.Equal(new Amount(7, 1), other.Counter("home").Leased);
        home.Reset(Usage);
        lease.BeginCommit(new Amount(7, 1), "step"u8);
        lease.Complete();
        Assert.Equal((Usage + new Amount(7, 1), default), (home.Settled, home.Leased));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public void A_file_cut_while_open_is_made_anew(int length)
    {
        using var ledger = Ledger.Open(_folder.Ledger, Boot);
        var home = ledger.Counter("home");
        Assert.False(home.NeedsCount);
        using (var file = new FileStream(_folder.Ledger, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            file.SetLength(length);

        Assert.True(home.NeedsCount);
        home.Reset(Usage);
        Assert.Equal(Usage, home.Settled);
    }

    [Fact]
    public void A_replaced_ledger_is_reported_once_with_its_path()
    {
        Overwrite(4096 + 16, [9]);
        var log = new Lines();

        using var ledger = Ledger.Open(_folder.Ledger, Boot, log);

        var line = Assert.Single(log.Written);
        Assert.StartsWith($"Warning The ledger {_folder.Ledger} is started afresh", line);
    }

    [Fact]
    public void A_new_ledger_is_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows()) return;

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Ledger));
    }

    public void Dispose() => _folder.Dispose();

    private void Overwrite(long at, byte[] bytes)
    {
        using var file = File.OpenHandle(_folder.Ledger, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.Write(file, bytes, at);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add($"{logLevel} {formatter(state, exception)}");
    }
}
