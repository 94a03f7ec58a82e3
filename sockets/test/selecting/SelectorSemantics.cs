using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using static Argosy.Sockets.SelectorEvents;

namespace Argosy.Sockets.Tests;

/// <summary>The scenarios of selectors_semantics.py, played with <see cref="Selector"/>: the same names, the same words for what comes of them.</summary>
internal static partial class SelectorSemantics
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    public static readonly IReadOnlyDictionary<string, Func<Selector, string>> Scenarios = new Dictionary<string, Func<Selector, string>>
    {
        ["register twice"] = With((s, p) =>
        {
            s.Register(p.Near, Read);
            return Tried(() => s.Register(p.Near, Write));
        }),
        ["register for nothing, for an unknown event"] = With((s, p) =>
            Tried(() => s.Register(p.Near, 0)) + " " + Tried(() => s.Register(p.Near, (SelectorEvents)4))),
        ["register what is closed"] = With((s, p) =>
        {
            p.Near.Dispose();
            return Tried(() => s.Register(p.Near, Read));
        }),
        ["unregister what is not registered"] = With((s, p) => Tried(() => s.Unregister(p.Near))),
        ["modify what is not registered"] = With((s, p) => Tried(() => s.Modify(p.Near, Read))),
        ["modify to nothing"] = With((s, p) =>
        {
            s.Register(p.Near, Read);
            return Tried(() => s.Modify(p.Near, 0));
        }),
        ["modify events and data"] = With((s, p) =>
        {
            s.Register(p.Near, Read, "old");
            var before = Look(s);
            s.Modify(p.Near, Write, "new");
            return $"{before} {Wait(s)} {s.GetKey(p.Near).Data}";
        }),
        ["get_key before and after registering"] = With((s, p) =>
        {
            var unknown = Tried(() => s.GetKey(p.Near));
            var key = s.Register(p.Near, Read, "data");
            return unknown + (s.GetKey(p.Near) == key ? " same" : " other");
        }),
        ["get_map is a live view"] = With((s, p) =>
        {
            var view = s.GetMap();
            s.Register(p.Near, Read, "data");
            s.Register(p.Far, Read);
            var found = view[p.Near.SafeHandle].Data;
            s.Unregister(p.Far);
            return $"{view.Count} {found}";
        }),
        ["unregister returns the key"] = With((s, p) =>
        {
            var key = s.Register(p.Near, Read, "data");
            return (s.Unregister(p.Near) == key ? "same " : "other ") + s.GetMap().Count;
        }),
        ["nothing ready: limits zero, negative, positive"] = With((s, p) =>
        {
            s.Register(p.Near, Read);
            return $"{Look(s)} {Text(s.Select(TimeSpan.FromSeconds(-5)))} {Text(s.Select(Short))}";
        }),
        ["an empty selector"] = With((s, _) => Timed(Short, () => Text(s.Select(Short)), "did not wait")),
        ["readable and writable"] = Filled((s, p) =>
        {
            s.Register(p.Near, Read | Write);
            return Wait(s);
        }),
        ["readable and writable, registered for reading"] = Filled((s, p) =>
        {
            s.Register(p.Near, Read);
            return Wait(s);
        }),
        ["left unread, three calls"] = Filled((s, p) =>
        {
            s.Register(p.Near, Read);
            return Times(3, () => Wait(s));
        }),
        ["writable and never taken out, three calls (busy loop)"] = With((s, p) =>
        {
            s.Register(p.Near, Write);
            return Times(3, () => Wait(s));
        }),
        ["the peer's end, never handled, three calls (busy loop)"] = With((s, p) =>
        {
            s.Register(p.Near, Read);
            p.Far.Shutdown(SocketShutdown.Send);
            s.Select(Long);
            p.Near.Receive(new byte[1]);
            return Times(3, () => Wait(s));
        }),
        ["reset by the peer, registered for reading, two calls"] = ResetBy(Read),
        ["reset by the peer, registered for writing, two calls"] = ResetBy(Write),
        ["a pipe without a writer, registered for reading, two calls"] = Pipe(kept: Read),
        ["a pipe without a reader, registered for writing, two calls"] = Pipe(kept: Write),
        ["taken out while a batch is worked on: that batch, the next"] = Filled((s, a) => Filled((_, b) =>
        {
            s.Register(a.Near, Read);
            s.Register(b.Near, Read);
            var ready = s.Select(Long).ToList();
            s.Unregister(a.Near);
            return $"{Text(ready)} {Wait(s)}";
        })(s)),
        ["closed first: two calls, then the map"] = Filled((s, p) =>
        {
            s.Register(p.Near, Read);
            p.Near.Dispose();
            return Times(2, () => Outcome(() => Text(s.Select(Short)))) + $" {s.GetMap().Count} registered";
        }),
        ["closed first, then unregistered; a call"] = With((s, p) =>
        {
            s.Register(p.Near, Read);
            p.Near.Dispose();
            return Tried(() => s.Unregister(p.Near)) + " " + Text(s.Select(Short));
        }),
        ["closed first, then modified"] = With((s, p) =>
        {
            s.Register(p.Near, Read);
            p.Near.Dispose();
            return Tried(() => s.Modify(p.Near, Write));
        }),
        ["closed first, its number registered anew"] = With((s, p) => With((_, q) =>
        {
            s.Register(p.Near, Read);
            var number = p.Descriptor;
            p.Near.Dispose();
            using var again = new DescriptorHandle(NativeSocket.Duplicate(q.Near.SafeHandle, number));
            Assert.SkipUnless(again.DangerousGetHandle() == number, "not applicable: another thread of this process was given the number");
            return Tried(() => s.Register(again, Read));
        })(s)),
        ["closed first while a duplicate lives, two calls"] = With((s, p) =>
        {
            using var copy = new DescriptorHandle(NativeSocket.Duplicate(p.Near.SafeHandle));
            s.Register(p.Near, Read);
            p.Near.SafeHandle.Dispose(); // not the socket: that would shut the connection down
            p.Far.Send("x"u8);
            return Times(2, () => Outcome(() => Text(s.Select(Short))));
        }),
        ["a regular file"] = With((s, _) =>
        {
            var path = Path.GetTempFileName();
            try
            {
                using var file = File.OpenHandle(path);
                return Outcome(() =>
                {
                    s.Register(file, Read);
                    return Wait(s);
                });
            }
            finally
            {
                File.Delete(path);
            }
        }),
        ["descriptor 1500: register, call"] = With((s, p) =>
        {
            using var high = new DescriptorHandle(NativeSocket.Duplicate(p.Near.SafeHandle, 1500));
            Assert.SkipUnless(high.DangerousGetHandle() >= 1500, "not applicable: this process may not have so many descriptors");
            return Tried(() => s.Register(high, Write)) + " " + Outcome(() => Text(s.Select(TimeSpan.FromMilliseconds(100))));
        }),
        ["a signal during a call"] = With((s, _) =>
        {
            var limit = TimeSpan.FromMilliseconds(200);
            return Timed(limit, () => Interrupted(() => Text(s.Select(limit))), "came back early");
        }),
        ["closed selector: register, get_key, close; its source"] = With((s, p) =>
        {
            s.Register(p.Near, Read);
            s.Dispose();
            var after = $"{Tried(() => s.Register(p.Near, Read))} {Tried(() => s.GetKey(p.Near))} {Tried(s.Dispose)}";
            p.Fill();
            var left = new byte[1];
            p.Near.Receive(left);
            return $"{after} {Encoding.ASCII.GetString(left)}";
        }),
    };

    private static Func<Selector, string> With(Func<Selector, DescriptorPair, string> run) => selector =>
    {
        using var pair = new DescriptorPair();
        return run(selector, pair);
    };

    private static Func<Selector, string> Filled(Func<Selector, DescriptorPair, string> run) => With((selector, pair) =>
    {
        pair.Fill();
        return run(selector, pair);
    });

    private static Func<Selector, string> ResetBy(SelectorEvents events) => With((selector, pair) =>
    {
        selector.Register(pair.Near, events);
        pair.Far.LingerState = new LingerOption(true, 0);
        pair.Far.Close();
        return Times(2, () => Wait(selector));
    });

    private static Func<Selector, string> Pipe(SelectorEvents kept) => selector =>
    {
        var ends = new int[2];
        Assert.Equal(0, OpenPipe(ends, 0));
        var (mine, other) = kept == Read ? (ends[0], ends[1]) : (ends[1], ends[0]);
        new DescriptorHandle(other).Dispose();
        using var end = new DescriptorHandle(mine);
        selector.Register(end, kept);
        return Times(2, () => Wait(selector));
    };

    /// <summary>Sends this thread a signal, which has a handler, while it waits.</summary>
    private static string Interrupted(Func<string> wait)
    {
        const int userSignal = 12; // SIGUSR2
        var handled = 0;
        using var registration = PosixSignalRegistration.Create((PosixSignal)userSignal, context =>
        {
            context.Cancel = true;
            Interlocked.Increment(ref handled);
        });
        var (process, thread) = (Environment.ProcessId, ThreadId());
        using var timer = new Timer(_ => SendSignal(process, thread, userSignal), null, TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(30));
        var outcome = wait();
        SpinWait.SpinUntil(() => Volatile.Read(ref handled) > 0, Long);
        return Volatile.Read(ref handled) > 0 ? outcome : "no signal came";
    }

    private static string Timed(TimeSpan least, Func<string> run, string otherwise)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        var outcome = run();
        return outcome + " " + (System.Diagnostics.Stopwatch.GetElapsedTime(start) >= least * 0.95 ? "waited" : otherwise);
    }

    private static string Look(Selector selector) => Text(selector.Select(TimeSpan.Zero));

    private static string Wait(Selector selector) => Text(selector.Select(Long));

    private static string Text(IReadOnlyList<SelectorReadiness> ready) => "[" + string.Join(' ', ready.Select(one => one.Events switch
    {
        Read => "R",
        Write => "W",
        _ => "R+W",
    }).Order()) + "]";

    private static string Times(int count, Func<string> run) => string.Join(' ', Enumerable.Range(0, count).Select(_ => run()));

    private static string Tried(Action call) => Outcome(() =>
    {
        call();
        return "ok";
    });

    private static string Tried(Func<object> call) => Tried(new Action(() => call()));

    private static string Outcome(Func<string> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is ArgumentException or KeyNotFoundException or ObjectDisposedException or ConnectionException)
        {
            return "error";
        }
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int OpenPipe([Out] int[] ends, int flags);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadId();

    [LibraryImport("libc", EntryPoint = "tgkill")]
    private static partial int SendSignal(int process, int thread, int signal);
}
