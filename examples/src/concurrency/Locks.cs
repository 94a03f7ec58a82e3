namespace Argosy.Examples;

/// <summary>
/// Two threads each add one to a count, and both are made to read it before either writes. Without a lock one addition is lost; with a lock the
/// second cannot read in between. Then a method that holds a lock calls another that takes the same one: a lock that does not know its owner
/// waits for itself for ever, a re-entrant one lets its owner in again.
/// </summary>
internal static class Locks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static Task Main(string[] args)
    {
        Console.WriteLine($"without a lock: 2 additions make {AddTwice(addition => addition())}");
        var gate = new Lock();
        Console.WriteLine($"with a lock: 2 additions make {AddTwice(addition => { lock (gate) addition(); })}");

        var simple = new SemaphoreSlim(1);
        Console.WriteLine($"taken twice by one thread, a simple lock {Twice(() => simple.Wait(Patience), () => simple.Release())}");
        var reentrant = new Lock();
        Console.WriteLine($"taken twice by one thread, a re-entrant lock {Twice(() => reentrant.TryEnter(Patience), reentrant.Exit)}");
        return Task.CompletedTask;
    }

    private static int AddTwice(Action<Action> guarded)
    {
        var (count, bothHaveRead) = (0, new CountdownEvent(2));
        var threads = Enumerable.Range(0, 2).Select(_ => new Thread(() => guarded(Add))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return count;

        void Add()
        {
            var read = count;
            bothHaveRead.Signal();
            bothHaveRead.Wait(Patience); // the unlucky moment; under a lock the other cannot come, and the wait ends by itself
            count = read + 1;
        }
    }

    private static string Twice(Func<bool> tryEnter, Action exit)
    {
        tryEnter();
        var isIn = tryEnter(); // as an inner method would that guards itself
        if (isIn) exit();
        exit();
        return isIn ? "lets its owner in" : "would wait for itself for ever: a deadlock";
    }
}
