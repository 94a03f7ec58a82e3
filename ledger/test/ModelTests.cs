using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Ledger.Tests;

/// <summary>Random histories, applied to the ledger and to a model of a few lines, must agree after every step.</summary>
public sealed class ModelTests
{
    private static readonly Amount Limit = new(1000, 12);

    [Fact]
    public void Any_history_of_operations_agrees_with_the_model()
    {
        var steps = from verb in Gen.Choose(0, 6)
                    from number in Gen.Choose(0, 400)
                    from choice in Gen.Choose(0, 1000)
                    select (verb, number, choice);
        Prop.ForAll(steps.ListOf(60).ToArbitrary(), history =>
        {
            using var folder = new TempFolder();
            Run(folder.Ledger, history);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(20261120, 7));
    }

    private static void Run(string path, IEnumerable<(int Verb, int Number, int Choice)> history)
    {
        // Two openers of one file stand for two processes; both must always see the same.
        using var first = Ledger.Open(path);
        using var second = Ledger.Open(path);
        var counters = new[] { first.Counter("key"), second.Counter("key") };
        counters[0].Reset(default);
        var settled = default(Amount);
        var leases = new List<(Lease Lease, Amount Held)>();

        foreach (var (verb, number, choice) in history)
        {
            var counter = counters[choice % 2];
            var amount = new Amount(number, number % 3);
            var used = leases.Aggregate(settled, (sum, each) => sum + each.Held);
            var sum = used + amount;
            var fits = (amount.Bytes == 0 || sum.Bytes <= Limit.Bytes) && (amount.Files == 0 || sum.Files <= Limit.Files);
            var at = leases.Count == 0 ? -1 : choice % leases.Count;
            switch (verb)
            {
                case 0 or 1:
                    var lease = counter.TryLease(amount, Limit);
                    Assert.Equal(fits, lease is not null);
                    if (lease is not null) leases.Add((lease, amount));
                    break;
                case 2 when at >= 0:
                    Assert.Equal(fits, leases[at].Lease.TryGrow(amount, Limit));
                    if (fits) leases[at] = (leases[at].Lease, leases[at].Held + amount);
                    break;
                case 3 when at >= 0:
                    leases[at].Lease.Dispose();
                    leases.RemoveAt(at);
                    break;
                case 4 when at >= 0:
                    var part = new Amount(leases[at].Held.Bytes - number, leases[at].Held.Files);
                    leases[at].Lease.BeginCommit(part, "mark"u8);
                    leases[at].Lease.Complete();
                    settled = AtLeastZero(settled + part);
                    leases.RemoveAt(at);
                    break;
                case 5:
                    counter.Add(default(Amount) - amount);
                    settled = AtLeastZero(settled - amount);
                    break;
                case 6 when number % 10 == 0:
                    counter.Reset(amount);
                    settled = amount;
                    break;
            }

            var leased = leases.Aggregate(default(Amount), (total, each) => total + each.Held);
            foreach (var each in counters) Assert.Equal((settled, leased), (each.Settled, each.Leased));
        }
    }

    private static Amount AtLeastZero(Amount amount) => new(Math.Max(0, amount.Bytes), Math.Max(0, amount.Files));
}
