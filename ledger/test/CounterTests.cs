namespace Argosy.Ledger.Tests;

public sealed class CounterTests : IDisposable
{
    private static readonly Amount NoLimit = Amount.Unlimited;

    private readonly TempFolder _folder = new();
    private readonly Ledger _ledger;
    private readonly Counter _counter;

    public CounterTests()
    {
        _ledger = Ledger.Open(_folder.Ledger);
        _counter = _ledger.Counter("home");
        _counter.Reset(default);
    }

    [Fact]
    public void Reserving_and_beginning_can_be_one_step()
    {
        var counter = _counter;
        counter.Reset(new Amount(90, 1));
        Assert.Null(counter.TryBegin(new Amount(11, 1), new Amount(100, -1), new Amount(11, 1), "step"u8));
        Assert.Equal(new Amount(90, 1), counter.Used);

        using (var given = counter.TryBegin(new Amount(10, 1), new Amount(100, -1), new Amount(10, 1), "step"u8)!)
            Assert.Equal(new Amount(10, 1), given.Held);
        Assert.Equal(new Amount(90, 1), counter.Used);

        var taken = counter.TryBegin(new Amount(10, 1), new Amount(100, -1), new Amount(7, 1), "step"u8)!;
        Assert.Throws<InvalidOperationException>(() => taken.BeginCommit(default, "again"u8));
        taken.Complete();
        Assert.Equal((new Amount(97, 2), new Amount(97, 2)), (counter.Settled, counter.Used));
        Assert.Throws<ArgumentException>(() => counter.TryBegin(new Amount(1, 0), new Amount(-1, -1), new Amount(2, 0), "step"u8));
        Assert.Throws<ArgumentException>(() => counter.TryBegin(new Amount(1, 0), new Amount(-1, -1), new Amount(1, 0), new byte[65]));
    }

    [Fact]
    public void A_count_holds_only_where_nothing_changed_meanwhile()
    {
        var fresh = _ledger.Counter("fresh");
        foreach (var change in new Action[]
        {
            () => fresh.Add(new Amount(1, 0)),
            fresh.Touch,
            () => fresh.TryBegin(default, NoLimit, default, "step"u8)!.Complete(),
        })
        {
            var before = fresh.Changes;
            change();
            Assert.False(fresh.TryReset(new Amount(7, 7), before));
            Assert.True(fresh.NeedsCount);
        }

        using var lease = fresh.TryLease(new Amount(5, 1), NoLimit);
        Assert.True(fresh.TryReset(new Amount(7, 7), fresh.Changes));
        Assert.Equal((false, new Amount(12, 8)), (fresh.NeedsCount, fresh.Used));
    }

    [Fact]
    public void A_turn_is_taken_once_and_can_be_given_back()
    {
        var other = _ledger.Counter("home");
        Assert.True(_counter.TryTakeTurn(3));
        Assert.False(other.TryTakeTurn(3));
        other.GiveTurnBack();
        Assert.True(_counter.TryTakeTurn(3));
        Assert.True(other.TryTakeTurn(4));
    }

    [Fact]
    public void A_new_counter_needs_a_count_and_refuses_to_judge_a_limit_before_it()
    {
        var fresh = _ledger.Counter("fresh");

        Assert.True(fresh.NeedsCount);
        Assert.Throws<NotCountedException>(() => fresh.TryLease(new Amount(1, 1), new Amount(100, 100)));
        using var lease = fresh.TryLease(new Amount(1, 1), NoLimit);
        Assert.NotNull(lease);
        Assert.Throws<NotCountedException>(() => lease.TryGrow(new Amount(1, 1), new Amount(100, 100)));

        fresh.Reset(new Amount(10, 1));

        Assert.False(fresh.NeedsCount);
        Assert.Equal(new Amount(11, 2), fresh.Used);
    }

    [Theory]
    [InlineData(60, 6, 100, -1, true)]
    [InlineData(61, 6, 100, -1, false)]
    [InlineData(60, 6, -1, 10, true)]
    [InlineData(60, 7, -1, 10, false)]
    [InlineData(1L << 62, 1L << 62, -1, -1, true)]
    public void A_lease_fits_to_the_last_unit(long bytes, long files, long mostBytes, long mostFiles, bool fits)
    {
        _counter.Reset(new Amount(30, 3));
        using var other = _counter.TryLease(new Amount(10, 1), NoLimit);

        using var lease = _counter.TryLease(new Amount(bytes, files), new Amount(mostBytes, mostFiles));

        Assert.Equal(fits, lease is not null);
        Assert.Equal(new Amount(fits ? 10 + bytes : 10, fits ? 1 + files : 1), _counter.Leased);
    }

    [Fact]
    public void Growing_beyond_the_limit_leaves_the_lease_as_it_was()
    {
        using var lease = _counter.TryLease(new Amount(10, 1), new Amount(100, -1))!;

        Assert.True(lease.TryGrow(new Amount(90, 0), new Amount(100, -1)));
        Assert.False(lease.TryGrow(new Amount(1, 0), new Amount(100, -1)));

        Assert.Equal(new Amount(100, 1), lease.Held);
        Assert.Equal(lease.Held, _counter.Leased);
    }

    [Fact]
    public void Who_asks_for_nothing_gets_it_even_above_a_lowered_limit()
    {
        _counter.Reset(new Amount(500, 5));

        using var lease = _counter.TryLease(new Amount(0, 0), new Amount(100, 1));

        Assert.NotNull(lease);
        Assert.Null(_counter.TryLease(new Amount(1, 0), new Amount(100, 1)));
        Assert.Null(_counter.TryLease(new Amount(0, 1), new Amount(100, 1)));
    }

    [Fact]
    public void A_disposed_lease_gives_back_what_it_held_and_says_nothing_twice()
    {
        var lease = _counter.TryLease(new Amount(10, 1), NoLimit)!;

        lease.Dispose();
        lease.Dispose();

        Assert.Equal(default, _counter.Used);
        Assert.Equal(default, lease.Held);
        Assert.Throws<InvalidOperationException>(() => lease.TryGrow(new Amount(1, 0), NoLimit));
    }

    [Fact]
    public void A_commit_settles_what_it_said_and_frees_the_rest()
    {
        using var lease = _counter.TryLease(new Amount(10, 1), NoLimit)!;

        lease.BeginCommit(new Amount(7, 1), "step"u8);
        Assert.Equal(new Amount(10, 1), _counter.Leased);
        lease.Complete();

        Assert.Equal(new Amount(7, 1), _counter.Settled);
        Assert.Equal(default, _counter.Leased);
        Assert.Throws<InvalidOperationException>(lease.Complete);
    }

    [Fact]
    public void A_commit_that_frees_something_stops_at_zero()
    {
        _counter.Reset(new Amount(5, 1));
        using var lease = _counter.TryLease(default, NoLimit)!;

        lease.BeginCommit(new Amount(-8, 0), "step"u8);
        lease.Complete();

        Assert.Equal(new Amount(0, 1), _counter.Settled);
    }

    [Fact]
    public void A_commit_that_did_not_happen_gives_everything_back()
    {
        var lease = _counter.TryLease(new Amount(10, 1), NoLimit)!;
        lease.BeginCommit(new Amount(10, 1), "step"u8);

        lease.Dispose();

        Assert.Equal(default, _counter.Used);
        Assert.Empty(_ledger.OpenIntents());
    }

    [Fact]
    public void No_commit_settles_more_than_is_held_nor_completes_unbegun()
    {
        using var lease = _counter.TryLease(new Amount(10, 1), NoLimit)!;

        Assert.Throws<ArgumentException>(() => lease.BeginCommit(new Amount(11, 1), "step"u8));
        Assert.Throws<ArgumentException>(() => lease.BeginCommit(new Amount(10, 1), new byte[65]));
        Assert.Throws<InvalidOperationException>(lease.Complete);
        lease.BeginCommit(new Amount(10, 1), new byte[64]);
        Assert.Throws<InvalidOperationException>(() => lease.BeginCommit(default, "again"u8));
        Assert.Throws<InvalidOperationException>(() => lease.TryGrow(default, NoLimit));
    }

    [Fact]
    public void Negative_amounts_are_refused_everywhere()
    {
        using var lease = _counter.TryLease(new Amount(10, 1), NoLimit)!;

        Assert.Throws<ArgumentOutOfRangeException>(() => _counter.TryLease(new Amount(-1, 0), NoLimit));
        Assert.Throws<ArgumentOutOfRangeException>(() => _counter.TryLease(new Amount(0, -1), NoLimit));
        Assert.Throws<ArgumentOutOfRangeException>(() => lease.TryGrow(new Amount(-1, 0), NoLimit));
        Assert.Throws<ArgumentOutOfRangeException>(() => _counter.Reset(new Amount(0, -1)));
        Assert.Equal(new Amount(10, 1), _counter.Used);
    }

    [Fact]
    public void Numbers_that_do_not_fit_are_refused_and_change_nothing()
    {
        using var lease = _counter.TryLease(new Amount(long.MaxValue - 5, 0), NoLimit)!;

        Assert.Null(_counter.TryLease(new Amount(6, 0), NoLimit));
        Assert.False(lease.TryGrow(new Amount(6, 0), NoLimit));
        Assert.Throws<OverflowException>(() => _counter.Add(new Amount(6, 0)));
        Assert.Throws<OverflowException>(() => _counter.Reset(new Amount(6, 0)));
        Assert.Throws<OverflowException>(() => new Amount(long.MaxValue, 0) + new Amount(1, 0));
        Assert.Throws<OverflowException>(() => new Amount(0, long.MinValue) - new Amount(0, 1));
        Assert.Equal(new Amount(long.MaxValue - 5, 0), _counter.Used);
    }

    [Fact]
    public void Settled_usage_never_falls_below_zero()
    {
        _counter.Reset(new Amount(5, 5));

        _counter.Add(new Amount(-9, -2));

        Assert.Equal(new Amount(0, 3), _counter.Settled);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void Keys_have_1_to_256_bytes(int length)
    {
        Assert.Throws<ArgumentException>(() => _ledger.Counter(new string('k', length)));
        _ledger.Counter(new string('é', 128)).Reset(default);
    }

    [Fact]
    public void A_forgotten_counter_needs_a_count_again_and_a_leased_one_is_kept()
    {
        using (_counter.TryLease(default, NoLimit))
            Assert.False(_ledger.Forget("home"));

        Assert.True(_ledger.Forget("home"));
        Assert.False(_ledger.Forget("home"));
        Assert.True(_counter.NeedsCount);
    }

    [Fact]
    public void The_table_grows_under_leases_and_other_openers_see_it()
    {
        using var other = Ledger.Open(_folder.Ledger);
        var seen = other.Counter("home");
        var leases = Enumerable.Range(0, 2000).Select(_ => _counter.TryLease(new Amount(3, 1), NoLimit)!).ToList();
        Assert.Equal(new Amount(6000, 2000), seen.Leased);

        foreach (var lease in leases) lease.Dispose();

        Assert.Equal(default, seen.Leased);
        var length = new FileInfo(_folder.Ledger).Length;
        foreach (var key in Enumerable.Range(0, 1000)) other.Counter($"key {key}").Reset(new Amount(key, 0));
        Assert.Equal(length, new FileInfo(_folder.Ledger).Length);
        Assert.Equal(new Amount(999, 0), _ledger.Counter("key 999").Settled);
    }

    [Fact]
    public void A_closed_ledger_says_so_except_to_leases_that_end()
    {
        using var lease = _counter.TryLease(new Amount(1, 1), NoLimit);
        _ledger.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _counter.Settled);
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }
}
