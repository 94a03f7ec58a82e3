using System.Globalization;
using System.Text;
using Argosy.Ledger;

// A process of its own for the tests that need several: it shares a ledger, says when it is ready, and waits to be killed.
//   hammer PATH KEY LIMIT ROUNDS SEED     leases, grows, completes and gives back; prints "ready", "over N" if ever, and "settled N"
//   hold   PATH KEY BYTES [MARK]          takes a lease (and begins its commit), prints "ready", waits
//   lock   PATH                           prints "ready" inside the lock, waits
//   half   PATH KEY                       fills the journal without applying it, inside the lock, prints "ready", waits
//   strike PATH COUNT LIMIT               strikes the key 7, prints whether it is "out" or "in"
switch (args)
{
    case ["hammer", var path, var key, var limit, var rounds, var seed]:
        Hammer(path, key, Number(limit), (int)Number(rounds), (int)Number(seed));
        break;

    case ["hold", var path, var key, var bytes, .. var mark]:
        using (var ledger = Ledger.Open(path))
        {
            var lease = ledger.Counter(key).TryLease(new Amount(Number(bytes), 1), Amount.Unlimited)!;
            if (mark is [var text]) lease.BeginCommit(lease.Held, Encoding.UTF8.GetBytes(text));
            Wait();
        }

        break;

    case ["lock", var path]:
        using (var ledger = Ledger.Open(path))
        using (ledger.Table.Enter())
            Wait();
        break;

    case ["half", var path, var key]:
        using (var ledger = Ledger.Open(path))
        using (ledger.Table.Enter())
        {
            var slot = ledger.Table.FindCounter(Encoding.UTF8.GetBytes(key));
            var record = ledger.Table[slot];
            record.First = new Amount(77, 7);
            ledger.Table.Note((slot, record));
            Wait();
        }

        break;

    case ["strike", var path, var count, var limit]:
        using (var strikes = Strikes.Open(path, new StrikeRule((int)Number(limit), TimeSpan.FromHours(1), TimeSpan.FromHours(1))))
        {
            for (var i = 0; i < Number(count); i++) strikes.Add(7);
            Console.WriteLine(strikes.IsOut(7) ? "out" : "in");
        }

        break;

    default:
        Console.Error.WriteLine("unknown command");
        return 2;
}

return 0;

static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

static void Wait()
{
    Console.WriteLine("ready");
    Console.ReadLine();
}

static void Hammer(string path, string key, long limit, int rounds, int seed)
{
    using var ledger = Ledger.Open(path);
    var counter = ledger.Counter(key);
    var random = new Random(seed);
    var most = new Amount(limit, -1);
    var settled = 0L;
    Console.WriteLine("ready");
    for (var i = 0; i < rounds; i++)
    {
        using var lease = counter.TryLease(new Amount(random.Next(40), 1), most);
        if (counter.Used.Bytes > limit) Console.WriteLine($"over {counter.Used.Bytes}");
        if (lease is null) continue;

        while (random.Next(3) != 0 && lease.TryGrow(new Amount(random.Next(40), 0), most))
        {
        }

        if (counter.Used.Bytes > limit) Console.WriteLine($"over {counter.Used.Bytes}");
        if (random.Next(20) != 0) continue;

        lease.BeginCommit(lease.Held, "step"u8);
        settled += lease.Held.Bytes;
        lease.Complete();
    }

    Console.WriteLine($"settled {settled.ToString(CultureInfo.InvariantCulture)}");
}
