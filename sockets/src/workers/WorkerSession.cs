using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// A worker process's tie to its parent. A thread of its own waits on the channel whatever the program does meanwhile, so that a worker
/// never outlives its parent, even where a handler blocks for ever.
/// </summary>
internal sealed class WorkerSession
{
    /// <summary>How long handlers and the program get to end in good order once the parent has gone.</summary>
    private static readonly TimeSpan LeaveGrace = TimeSpan.FromSeconds(2);

    private readonly WorkerChannel _channel;
    private readonly TaskCompletionSource<(WorkerJob, WorkerTask, DescriptorHandle[])> _task = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly Queue<WorkerMessage> _early = [];
    private Action<WorkerMessage>? _receive;

    private WorkerSession(WorkerChannel channel)
    {
        _channel = channel;
        // A Ctrl-C or a hang-up reaches every process of the terminal, and service managers end whole groups: the parent decides.
        DeafTo = [Ignore(PosixSignal.SIGINT), Ignore(PosixSignal.SIGTERM), Ignore(PosixSignal.SIGHUP)];
        new Thread(Listen) { IsBackground = true, Name = "parent" }.Start();
    }

    /// <summary>The session of this process; null where it is no worker.</summary>
    internal static WorkerSession? Current { get; } = Adopt();

    /// <summary>The signals that this process takes no notice of, for as long as these live.</summary>
    internal IReadOnlyList<PosixSignalRegistration> DeafTo { get; }

    /// <summary>What the parent said, for the program.</summary>
    internal MessageQueue Messages { get; } = new();

    /// <summary>True once a server of this process has taken the task: what else is started then is the program's own affair.</summary>
    internal bool IsTaken { get; private set; }

    /// <summary>What this process is for; waits until the parent has said it.</summary>
    internal Task<(WorkerJob Job, WorkerTask Task, DescriptorHandle[] Descriptors)> TaskAsync => _task.Task;

    /// <summary>Takes the task; once only.</summary>
    internal void Take()
    {
        lock (_lock)
        {
            if (IsTaken) throw new InvalidOperationException("This worker process already serves.");
            IsTaken = true;
        }
    }

    /// <summary>Has messages delivered, on the channel's thread, which must not be held up; the last is <see cref="WorkerMessageKind.Closed"/>.</summary>
    internal void Attach(Action<WorkerMessage> receive)
    {
        lock (_lock)
        {
            _receive = receive;
            while (_early.TryDequeue(out var message)) receive(message);
        }
    }

    /// <summary>Tells the parent. When it has gone, the channel's thread knows already.</summary>
    internal void Send(WorkerMessageKind kind, ReadOnlySpan<byte> payload = default) => _ = _channel.Send(kind, payload);

    /// <summary>Ends the process, in good order where the program lets it.</summary>
    [DoesNotReturn]
    internal static void Exit(int code)
    {
        new Thread(() =>
        {
            Thread.Sleep(LeaveGrace);
            Libc.ExitNow(code);
        })
        { IsBackground = true, Name = "exit" }.Start();
        Environment.Exit(code);
    }

    private static WorkerSession? Adopt()
    {
        const int setDescriptorFlags = 2, closeOnExec = 1; // F_SETFD, FD_CLOEXEC
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(WorkerStart.ChannelVariable) is not { } text) return null;
        Environment.SetEnvironmentVariable(WorkerStart.ChannelVariable, null); // what this process starts is no worker of our parent's
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        var descriptor = new DescriptorHandle(number);
        if (!WorkerChannel.IsChannel(descriptor))
        {
            descriptor.SetHandleAsInvalid(); // whatever it is, it is not ours to close
            return null;
        }

        _ = Libc.Control(descriptor, setDescriptorFlags, closeOnExec);
        return new WorkerSession(new WorkerChannel(descriptor));
    }

    private static PosixSignalRegistration Ignore(PosixSignal signal) =>
        PosixSignalRegistration.Create(signal, static context => context.Cancel = true);

    private void Listen()
    {
        var code = Guarded(ReceiveAll);
        code = Math.Max(code, Guarded(() => Deliver(WorkerMessage.Closed)));
        Thread.Sleep(LeaveGrace);
        Libc.ExitNow(code);
    }

    /// <summary>A parent whose messages are not understood is of no more use than one that has gone. The exit code: 0 where all was well.</summary>
    private static int Guarded(Action step)
    {
        try
        {
            step();
            return 0;
        }
        catch (Exception)
        {
            return 1;
        }
    }

    private void ReceiveAll()
    {
        if (!ReceiveTask()) return;
        while (_channel.Receive() is { Kind: not WorkerMessageKind.Closed } message)
        {
            if (message.Kind == WorkerMessageKind.Message) Messages.Post(message.Payload);
            else Deliver(message);
        }
    }

    private bool ReceiveTask()
    {
        var first = _channel.Receive();
        if (first.Kind != WorkerMessageKind.Task) return false;
        var task = WorkerTask.Read(first.Payload);
        var configuration = new MemoryStream();
        while (configuration.Length < task.ConfigurationLength)
        {
            var part = _channel.Receive();
            if (part.Kind != WorkerMessageKind.Configuration || part.Payload.Length == 0) return false;
            configuration.Write(part.Payload);
        }

        var job = new WorkerJob
        {
            Server = task.Server,
            Model = task.Model,
            Configuration = configuration.ToArray(),
            LocalEndPoints = task.LocalEndPoints,
            ParentId = task.Parent,
        };
        _task.SetResult((job, task, first.Descriptors));
        return true;
    }

    private void Deliver(WorkerMessage message)
    {
        lock (_lock)
        {
            if (_receive is null) _early.Enqueue(message);
            else _receive(message);
        }
    }

    /// <summary>The program's messages, delivered in order by the thread pool, kept until somebody listens.</summary>
    internal sealed class MessageQueue
    {
        private const int MostKept = 64;

        private readonly Lock _lock = new();
        private readonly ConcurrentQueue<ReadOnlyMemory<byte>> _waiting = new();
        private Action<ReadOnlyMemory<byte>>? _listeners;
        private Task _delivered = Task.CompletedTask;

        internal void Add(Action<ReadOnlyMemory<byte>>? listener)
        {
            lock (_lock)
            {
                _listeners += listener;
                Deliver();
            }
        }

        internal void Remove(Action<ReadOnlyMemory<byte>>? listener)
        {
            lock (_lock) _listeners -= listener;
        }

        internal void Post(byte[] message)
        {
            lock (_lock)
            {
                if (_waiting.Count < MostKept || _listeners is not null) _waiting.Enqueue(message);
                Deliver();
            }
        }

        private void Deliver()
        {
            if (_listeners is null) return;
            while (_waiting.TryDequeue(out var message))
                _delivered = _delivered.ContinueWith(_ => _listeners?.Invoke(message), TaskScheduler.Default);
        }
    }
}
