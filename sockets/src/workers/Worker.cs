using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// A worker process as its parent sees it. A thread of its own listens to it and, when it has gone, waits until it is reaped; a thread
/// is little beside a process.
/// </summary>
internal sealed class Worker
{
    /// <summary>How long a worker that has closed its channel may take to end.</summary>
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long a worker that was told to abort may take to end.</summary>
    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly WorkerChannel _channel;
    private readonly IWorkerOwner _owner;
    private readonly Timer _deadline;
    private volatile string? _complaint;
    private volatile string? _cause; // why we have killed it
    private volatile bool _isReady;
    private volatile bool _hasExited;
    private long _readySince;

    private Worker(Process process, WorkerChannel channel, WorkerTask task, IWorkerOwner owner)
    {
        (_process, _channel, Task, _owner) = (process, channel, task, owner);
        Id = process.Id;
        _deadline = new Timer(static worker => ((Worker)worker!).Kill(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Its process id.</summary>
    internal int Id { get; }

    internal WorkerTask Task { get; }

    internal bool IsReady => _isReady;

    /// <summary>How long it has been ready.</summary>
    internal TimeSpan Served => _isReady ? Stopwatch.GetElapsedTime(_readySince) : TimeSpan.Zero;

    /// <summary>True once it was told to abort: how it ends then is no surprise.</summary>
    internal bool WasAborted { get; private set; }

    /// <summary>Starts a process. Its owner hears of it from <see cref="Begin"/> on, which must follow.</summary>
    /// <exception cref="WorkerStartException">There is no such program, or no room for another process.</exception>
    internal static Worker Start(WorkerCommand command, WorkerTask task, IWorkerOwner owner)
    {
        var (process, channel) = WorkerStart.Start(command);
        process.Exited += (_, _) => channel.Shutdown(); // should some other process have inherited the worker's end
        process.EnableRaisingEvents = true;
        return new Worker(process, channel, task with { ConfigurationLength = command.Configuration.Length }, owner);
    }

    /// <summary>Gives it its task, with the descriptors that belong to it, and begins to listen to it.</summary>
    internal void Begin(WorkerCommand command, params SafeHandle[] descriptors) =>
        new Thread(() => Run(command, descriptors)) { IsBackground = true, Name = $"worker {Id}" }.Start();

    /// <summary>Sends a message: false when the worker has gone.</summary>
    internal bool Send(WorkerMessageKind kind, ReadOnlySpan<byte> payload = default, params ReadOnlySpan<SafeHandle> descriptors) =>
        !_hasExited && _channel.Send(kind, payload, descriptors) == 0;

    /// <summary>Lets an idle worker go: it sees the end of the channel. One that has not left in time is killed.</summary>
    internal void Leave()
    {
        _channel.ShutdownSending();
        KillAfter(ExitPatience);
    }

    /// <summary>It has done its work and is about to end; one that has not in time is killed.</summary>
    internal void ExpectExit() => KillAfter(ExitPatience);

    /// <summary>Tells it to end what it serves; one that has not left in time is killed.</summary>
    internal void Abort()
    {
        WasAborted = true;
        _ = Send(WorkerMessageKind.Abort);
        KillAfter(AbortPatience);
    }

    /// <summary>SIGKILL. The owner hears of the exit.</summary>
    internal void Kill()
    {
        if (!_isReady) _complaint ??= "it was not ready in time and was killed";
        try
        {
            if (!_hasExited) _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended by itself meanwhile, or is another user's by now. A timer calls this, so nothing may be thrown.
        }
    }

    /// <summary>Why it has ended before it served anybody, as a sentence.</summary>
    internal string Failure(WorkerExit exit, WorkerCommand command) => (_complaint, _isReady) switch
    {
        ({ } complaint, _) => $"A worker process started with '{command}' cannot serve: {complaint.TrimEnd('.')}.",
        (_, true) => $"An idle worker process {exit}.",
        _ => $"A worker process started with '{command}' {exit} before it served. Does the program start the server '{Task.Server}' when it runs as a worker?",
    };

    private void Run(WorkerCommand command, SafeHandle[] descriptors)
    {
        KillAfter(command.ReadyWithin);
        Guarded(() => Instruct(command.Configuration.Span, descriptors));
        while (_channel.Receive() is { Kind: not WorkerMessageKind.Closed } message)
        {
            message.Drop(); // workers send none
            if (_cause is null) Guarded(() => Take(message));
        }

        _owner.OnExit(this, new WorkerExit(Id, Reap(), _cause));
    }

    /// <summary>
    /// This thread belongs to nobody who could catch anything, and what a worker says is what its memory holds: one that is not understood
    /// is ended, and its owner treats it as any other that has died.
    /// </summary>
    private void Guarded(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            _cause ??= e is InvalidDataException
                ? "was killed: it sent a message that its server does not understand"
                : $"was killed: its server failed to deal with it ({e.Message.TrimEnd('.')})";
            if (!_isReady) _complaint ??= $"it {_cause}";
            Kill();
        }
    }

    private void Take(WorkerMessage message)
    {
        if (message.IsCut) throw WorkerPayload.Nonsense();
        switch (message.Kind)
        {
            case < WorkerMessageKind.Ready or > WorkerMessageKind.Handled:
            case WorkerMessageKind.Ready when _isReady:
                throw WorkerPayload.Nonsense();
            case WorkerMessageKind.Ready:
                KillAfter(Timeout.InfiniteTimeSpan);
                _readySince = Stopwatch.GetTimestamp();
                _isReady = true;
                break;
            case WorkerMessageKind.CannotServe:
                _complaint = System.Text.Encoding.UTF8.GetString(message.Payload);
                return;
        }

        _owner.OnMessage(this, message);
    }

    private void Instruct(ReadOnlySpan<byte> configuration, SafeHandle[] descriptors)
    {
        // A worker that dies or hangs meanwhile shows below, where its channel ends.
        if (_channel.Send(WorkerMessageKind.Task, Task.Write(), descriptors) != 0) return;
        for (var rest = configuration; !rest.IsEmpty;)
        {
            var part = rest[..Math.Min(rest.Length, WorkerChannel.MaxPayload)];
            var result = _channel.Send(WorkerMessageKind.Configuration, part);
            if (result == 0) rest = rest[part.Length..];
            else if (result != -Errno.EAGAIN) return; // EAGAIN: it takes its time to start; ReadyWithin is the limit
        }
    }

    private int Reap()
    {
        if (!_process.WaitForExit(ExitPatience)) Kill();
        _process.WaitForExit();
        _hasExited = true;
        _deadline.Dispose();
        _channel.Dispose();
        var code = _process.ExitCode;
        _process.Dispose();
        return code;
    }

    private void KillAfter(TimeSpan time)
    {
        try
        {
            _deadline.Change(time, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }
}

/// <summary>Who keeps a worker hears of it, on the worker's thread.</summary>
internal interface IWorkerOwner
{
    /// <summary>A message came: <see cref="WorkerMessageKind.Ready"/> once. Its descriptors are closed.</summary>
    /// <exception cref="InvalidDataException">It cannot be understood: the worker is killed, and nothing of the message has had an effect.</exception>
    void OnMessage(Worker worker, WorkerMessage message);

    /// <summary>The process has ended and is reaped. Nothing follows. Must not throw.</summary>
    void OnExit(Worker worker, WorkerExit exit);
}
