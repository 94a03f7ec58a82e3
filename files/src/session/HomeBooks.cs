using System.Collections.Concurrent;
using Argosy.Ledger;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>Brings the ledger and a home's disk to agree: after a crash, after a boot, and after somebody changed the home behind the server's back.</summary>
/// <remarks>
/// A count holds nothing while it walks. It is taken for right where no change came in between, which the counter tells
/// (<see cref="Counter.TryReset"/>); else it is made again. See docs/decisions/0016-usage.md.
/// </remarks>
internal sealed class HomeBooks(IStorage storage, Ledger.Ledger ledger, ILogger log)
{
    private const int Tries = 3;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, Lazy<Task>> _counts = [];
    private readonly SlowLane _lane = new(Math.Clamp(Environment.ProcessorCount, 2, 8));

    /// <summary>Settles the steps that crashed processes left open in a home, and counts what they had received.</summary>
    public async ValueTask SettleAsync(IHome home, HomeUsage usage)
    {
        await SettleIntentsAsync(home);
        await home.SettleUnfinishedAsync(() => new LeaseTally(usage, enforced: false));
    }

    /// <summary>
    /// Counts a home that nobody has counted; once, however many ask at the same time, in whichever process. It uses no thread of those who
    /// wait, and not their connections' ways to the disk.
    /// </summary>
    public async ValueTask CountAsync(string place, HomeUsage usage)
    {
        while (usage.IsUncounted)
        {
            var mine = new Lazy<Task>(() => Task.Run(() => CountInTurnAsync(place, usage.Counter)));
            var count = _counts.GetOrAdd(usage.Counter.Key, mine);
            try
            {
                await count.Value;
            }
            catch (FileException) when (count != mine)
            {
                // Somebody else's try; the next one is this one's own, and says what is wrong.
            }
            finally
            {
                _counts.TryRemove(new(usage.Counter.Key, count));
            }
        }
    }

    /// <summary>Counts a home again that was counted before; what differs, because something was changed outside the server, is put right.</summary>
    /// <returns>False where changes kept coming in between: try again another time.</returns>
    public async ValueTask<bool> VerifyAsync(IHome home, Counter counter)
    {
        for (var i = 0; i < Tries; i++)
        {
            if (await TryCountAsync(home, counter, verify: true))
            {
                return true;
            }
        }

        return false;
    }

    private async Task CountInTurnAsync(string place, Counter counter)
    {
        await using var home = await storage.OpenHomeAsync(place, followLinks: false, _lane);
        if (home.Identity != counter.Key)
        {
            throw new FileException(FileError.Storage, StorageText.HomeReplaced);
        }

        // One process counts; the others look now and then whether it has. A process that dies gives its turn back.
        var name = $"counting {counter.Key}";
        for (var turn = default(Lease); turn is null && Bookkeeping.Try(() => counter.NeedsCount);)
        {
            turn = Bookkeeping.Try(() => TakeTurn(ledger.Counter(name)));
            if (turn is null)
            {
                await Task.Delay(LookAgain);
                continue;
            }

            using (turn)
            {
                await CountAsync(home, counter);
            }
        }

        Bookkeeping.Try(() => ledger.Forget(name));
    }

    private static Lease? TakeTurn(Counter turns)
    {
        if (turns.NeedsCount)
        {
            turns.Reset(default); // Only leases count here.
        }

        return turns.TryLease(new Amount(1, 0), new Amount(1, -1));
    }

    private async ValueTask CountAsync(IHome home, Counter counter)
    {
        for (var tries = 1; Bookkeeping.Try(() => counter.NeedsCount); tries++)
        {
            await TryCountAsync(home, counter, verify: false, isLast: tries >= Tries);
        }
    }

    /// <param name="home">The home.</param>
    /// <param name="counter">Its counter.</param>
    /// <param name="verify">It was counted before.</param>
    /// <param name="isLast">
    /// It is put down though it changed meanwhile: what was added counts on top, so that a limit is rather kept too well, until a later count finds the
    /// home at rest.
    /// </param>
    private async ValueTask<bool> TryCountAsync(IHome home, Counter counter, bool verify, bool isLast = false)
    {
        await SettleIntentsAsync(home);
        var (isRight, before, known) = (false, 0L, default(Amount));
        Bookkeeping.Try(() => (before, known) = (counter.Changes, counter.Settled));
        await home.CountAsync(counted => Bookkeeping.Try(() =>
        {
            var sum = new Amount(counted.Bytes, counted.Files);
            isRight = counter.TryReset(sum, before);
            if (isRight && verify && sum != known)
            {
                log.Corrected(sum.Bytes, sum.Files, known.Bytes, known.Files);
            }

            if (!isRight && isLast)
            {
                var added = counter.Settled - known;
                counter.Reset(sum + new Amount(Math.Max(0, added.Bytes), Math.Max(0, added.Files)));
            }
        }));
        return isRight;
    }

    private async ValueTask SettleIntentsAsync(IHome home)
    {
        foreach (var intent in Bookkeeping.Try(ledger.OpenIntents))
        {
            if (intent.Key == home.Identity)
            {
                var happened = await home.HappenedAsync(intent.Mark, new(intent.Amount.Bytes, intent.Amount.Files));
                Bookkeeping.Try(() => intent.Settle(new Amount(happened.Bytes, happened.Files)));
                log.Settled(Escaped.Text(intent.Mark.Span), happened.Bytes, happened.Files);
            }
        }
    }
}
