using System.Net;
using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Argosy.Sockets.Tests;

/// <summary>What comes between an operation and its end.</summary>
public enum Interruption
{
    DeadlineBefore,
    DeadlineDuring,
    CancelledBefore,
    CancelledDuring,
    AbortedBefore,
    AbortedDuring,
    CancelledAndLate,
    AbortedCancelledAndLate,
}

/// <summary>
/// The table of docs/framework.md, "What a deadline, a cancellation and an abort mean": each operation, how it is put into a wait that ends in no
/// other way, and what is left afterwards. Handlers play it, also in worker processes.
/// </summary>
internal static class Meanings
{
    private const int Much = 64 * 1024 * 1024; // more than the kernel takes for a peer that reads nothing

    private static readonly byte[] Ok = "ok"u8.ToArray();
    private static readonly LineFraming Lines = new(Much);

    /// <summary>What is left of a connection whose operation was ended by a deadline or a cancellation.</summary>
    private enum Left
    {
        /// <summary>All: the same can be done again.</summary>
        All,

        /// <summary>Reading: a part was written and nothing can follow it.</summary>
        Reading,

        /// <summary>Nothing: close it.</summary>
        Nothing,
    }

    private static readonly Dictionary<string, Operation> Operations = new()
    {
        ["read"] = new(Left.All, Left.All, stage => Expect("ok\n"u8, stage.ReadAsync(3))),
        ["wait for input"] = new(Left.All, Left.All, async stage => Assert.Equal(0, await stage.Connection.ReadAsync(Memory<byte>.Empty, stage.Cancelled))),
        ["write"] = new(Left.All, Left.Reading, stage => stage.Connection.WriteAsync(stage.Content, stage.Cancelled).AsTask(), Writes: true),
        ["send a file"] = new(Left.All, Left.Reading, SendFileAsync, Writes: true),
        ["receive to a file"] = new(Left.All, Left.All, ReceiveToFileAsync),
        ["read a message"] = new(Left.All, Left.All, ReadMessageAsync),
        ["write a message"] = new(Left.All, Left.Reading, WriteMessageAsync, Writes: true),
        ["handshake"] = new(Left.Nothing, Left.Nothing, async stage =>
            await stage.Connection.AuthenticateAsServerAsync(Wire.ServerTls, stage.Deadline, stage.Cancelled)),
        ["challenge"] = new(Left.Nothing, Left.Nothing, async stage =>
            await stage.Connection.ChallengeAsClientAsync(new byte[32], stage.Deadline, stage.Cancelled)),
        ["connect"] = new(Left.All, Left.All, ConnectAsync, CanBeAborted: false),
        ["accept"] = new(Left.All, Left.All, AcceptAsync),
        ["wait for the first"] = new(Left.All, Left.All, async stage =>
            Assert.Equal(0, await stage.Context.WaitAnyAsync(new[] { stage.Connection }, stage.Deadline, stage.Cancelled)), TellsAborts: false),
    };

    /// <summary>
    /// All rows; otherwise, so that in the suites of ten models every operation meets every interruption, each model every operation and every
    /// interruption, one row for each operation.
    /// </summary>
    internal static IEnumerable<(string Operation, Interruption Interruption, string Wire)> RowsOf(int model)
    {
        var kinds = Enum.GetValues<Interruption>();
        var place = 0;
        foreach (var (name, operation) in Operations)
        {
            place++;
            for (var i = 0; i < kinds.Length; i++)
            {
                var kind = kinds[(place + model + i) % kinds.Length];
                if (IsAbort(kind) && !operation.CanBeAborted) continue;
                string[] wires = name == "handshake" ? ["tcp4"] : Wire.Few;
                foreach (var wire in Wire.ChecksAll ? wires : [wires[(place + model) / 2 % wires.Length]]) yield return (name, kind, wire);
                if (!Wire.ChecksAll) break;
            }
        }
    }

    /// <summary>The handler. It reports "go" when the peer is to send, "read" when it is to read, an address to be connected to, and how it ended.</summary>
    internal static async ValueTask PlayAsync(HandlerContext context, IConnection connection, Scene scene)
    {
        try
        {
            var kind = Enum.Parse<Interruption>(scene["interruption"]);
            await InterruptAsync(Operations[scene["operation"]], new Stage(context, connection, scene), kind);
            scene.Report("done");
        }
        catch (Exception e)
        {
            scene.Report($"failed: {e}");
        }
    }

    private static async Task InterruptAsync(Operation operation, Stage stage, Interruption kind)
    {
        await stage.PrepareAsync(); // its peer is there
        using var cancelling = new CancellationTokenSource();
        stage.Cancelled = cancelling.Token;
        await BeginAsync(operation, stage, kind, cancelling);
        var error = await Record.ExceptionAsync(() => operation.Run(stage));
        if (IsAbort(kind))
        {
            if (operation.TellsAborts) Assert.Equal(ConnectionError.Aborted, Assert.IsType<ConnectionException>(error).Error);
            else Assert.Null(error); // it says which, and reading says why
            if (stage.Connection.HasHungUp) Assert.Equal(ConnectionError.Aborted, (await Assert.ThrowsAsync<ConnectionException>(() => stage.ReadAsync(1))).Error);
            return;
        }

        if (kind is Interruption.DeadlineBefore or Interruption.DeadlineDuring) Assert.IsType<TimeoutException>(error);
        else Assert.Equal(cancelling.Token, Assert.IsAssignableFrom<OperationCanceledException>(error).CancellationToken);
        var isDuring = kind is Interruption.DeadlineDuring or Interruption.CancelledDuring;
        stage.GoOn();
        await CheckAsync(operation, stage, isDuring ? operation.During : operation.Before);
    }

    private static bool IsAbort(Interruption kind) =>
        kind is Interruption.AbortedBefore or Interruption.AbortedDuring or Interruption.AbortedCancelledAndLate;

    private static async Task BeginAsync(Operation operation, Stage stage, Interruption kind, CancellationTokenSource cancelling)
    {
        // What writes has to have begun: a part of it is on its way by then, also on a machine that is busy with something else.
        var soon = TimeSpan.FromSeconds(operation.Writes ? 1 : 0.1);
        if (kind is Interruption.DeadlineBefore or Interruption.CancelledAndLate or Interruption.AbortedCancelledAndLate) stage.Deadline = Deadline.After(default);
        if (kind is Interruption.DeadlineDuring) stage.Deadline = Deadline.After(soon);
        if (kind is Interruption.CancelledBefore or Interruption.CancelledAndLate or Interruption.AbortedCancelledAndLate) await cancelling.CancelAsync();
        if (kind is Interruption.CancelledDuring) cancelling.CancelAfter(soon);
        if (kind is Interruption.AbortedBefore or Interruption.AbortedCancelledAndLate) await stage.AbortAsync();
        if (kind is Interruption.AbortedDuring) _ = Task.Delay(soon).ContinueWith(_ => stage.AbortAsync(), TaskScheduler.Default);
    }

    private static async Task CheckAsync(Operation operation, Stage stage, Left left)
    {
        if (left == Left.All)
        {
            if (!operation.Writes) stage.Scene.Report("go");
            await operation.Run(stage);
            if (operation.Writes) stage.Scene.Report("read");
        }
        else if (left == Left.Reading)
        {
            var cut = await Assert.ThrowsAsync<ConnectionException>(async () => await stage.Connection.WriteAsync("more"));
            Assert.Equal(ConnectionError.Failed, cut.Error);
            stage.Scene.Report("go");
            await Expect("ok\n"u8, stage.ReadAsync(3));
            stage.Connection.Abort();
        }
    }

    private static async Task SendFileAsync(Stage stage)
    {
        var path = Path.GetTempFileName();
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        RandomAccess.Write(file, Ok, 0);
        RandomAccess.SetLength(file, stage.Content.Length);
        Assert.Equal(stage.Content.Length, await stage.Connection.SendFileAsync(file, 0, stage.Content.Length, stage.Cancelled));
    }

    private static async Task ReceiveToFileAsync(Stage stage)
    {
        var path = Path.GetTempFileName();
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        Assert.Equal(3, await stage.Connection.ReceiveToFileAsync(file, 0, stage.IsGoingOn ? 3 : 1_000_000, stage.Cancelled));
    }

    private static async Task ReadMessageAsync(Stage stage)
    {
        using var frames = new FramedConnection(stage.Connection, Lines);
        Assert.Equal("ok"u8.ToArray(), (await frames.ReadAsync(stage.Cancelled))!.Value.ToArray());
    }

    private static async Task WriteMessageAsync(Stage stage)
    {
        using var frames = new FramedConnection(stage.Connection, Lines);
        await frames.WriteAsync(stage.Content[..^1], stage.Cancelled);
    }

    private static async Task ConnectAsync(Stage stage)
    {
        var address = stage.IsGoingOn ? stage.Listener.LocalEndPoint : stage.Scene.Address("full");
        await using var other = await stage.Context.ConnectAsync(address, stage.Deadline, stage.Cancelled);
    }

    private static async Task AcceptAsync(Stage stage)
    {
        stage.Scene.Report(stage.IsGoingOn ? $"{stage.Listener.LocalEndPoint}" : "waiting");
        await using var other = await stage.Context.AcceptAsync(stage.Listener, stage.Deadline, stage.Cancelled);
    }

    private static async Task Expect(ReadOnlyMemory<byte> expected, Task<byte[]> reading) => Assert.Equal(expected.ToArray(), await reading);

    private static Task Expect(ReadOnlySpan<byte> expected, Task<byte[]> reading) => Expect(expected.ToArray().AsMemory(), reading);

    /// <param name="Before">What is left where it was ended before it began.</param>
    /// <param name="During">What is left where it was ended in the middle.</param>
    /// <param name="Run">Does it.</param>
    /// <param name="Writes">Whether its peer reads.</param>
    /// <param name="CanBeAborted">Whether there is something to abort.</param>
    /// <param name="TellsAborts">Whether it fails with an abort.</param>
    private sealed record Operation(
        Left Before, Left During, Func<Stage, Task> Run, bool Writes = false, bool CanBeAborted = true, bool TellsAborts = true);

    /// <summary>What an operation works on.</summary>
    private sealed class Stage(HandlerContext context, IConnection connection, Scene scene)
    {
        private static readonly Lazy<byte[]> MuchContent = new(() => Enumerable.Repeat((byte)'x', Much).ToArray());

        public HandlerContext Context => context;

        public IConnection Connection => connection;

        public Scene Scene => scene;

        public Listener Listener { get; private set; } = null!;

        /// <summary>For the operations that are given one; a connection's own are set to the same.</summary>
        public Deadline Deadline
        {
            get;
            set => field = connection.ReadDeadline = connection.WriteDeadline = value;
        }

        public CancellationToken Cancelled { get; set; }

        public bool IsGoingOn { get; private set; }

        /// <summary>What is written: at first more than a peer that reads nothing takes.</summary>
        public ReadOnlyMemory<byte> Content => IsGoingOn ? (byte[])[.. Ok, (byte)'\n'] : MuchContent.Value;

        public async ValueTask PrepareAsync()
        {
            Assert.Equal("!"u8.ToArray(), await ReadAsync(1));
            Listener = context.Listen(new IPEndPoint(IPAddress.Loopback, 0));
            _ = MuchContent.Value; // before the clock runs
        }

        public void GoOn() => (IsGoingOn, Cancelled, Deadline) = (true, default, Deadline.After(TimeSpan.FromSeconds(20)));

        public async ValueTask AbortAsync()
        {
            connection.Abort();
            await Listener.DisposeAsync();
        }

        public async Task<byte[]> ReadAsync(int count)
        {
            var bytes = new byte[count];
            for (var got = 0; got < count;) got += await connection.ReadAsync(bytes.AsMemory(got), Cancelled) is > 0 and var more ? more : throw new EndOfStreamException();
            return bytes;
        }
    }
}

/// <summary>The rows of <see cref="Meanings"/> for a model's suite.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MeaningsAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        string[] suites = [.. typeof(ConcurrencyModelContract).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ConcurrencyModelContract))).Select(type => type.Name).Order(StringComparer.Ordinal)];
        var rows = Meanings.RowsOf(Array.IndexOf(suites, testMethod.ReflectedType!.Name));
        return new([.. rows.Select(row => new TheoryDataRow(row.Operation, row.Interruption, row.Wire))]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}
