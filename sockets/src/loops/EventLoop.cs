using System.Diagnostics;

namespace Argosy.Sockets;

/// <summary>
/// One thread that waits for many descriptors and runs whatever they wake, one continuation at a time: the reactor. Nothing that
/// runs here may block.
/// </summary>
internal sealed class EventLoop
{
    /// <summary>How many operations one continuation gets before it has to wait for its next turn, however much there is for it.</summary>
    private const int OperationsPerTurn = 64;

    /// <summary>How many bytes it may move in a turn: at 3 GB/s, a third of a millisecond for which the others wait.</summary>
    private const long BytesPerTurn = 1024 * 1024;

    /// <summary>An operation of so many bytes can have waited for a disk.</summary>
    private const long WorthALookAtTheClock = 64 * 1024;

    /// <summary>How many operations pass between two looks at the clock: whoever takes few never pays for one.</summary>
    private const int OperationsBetweenLooks = 8;

    /// <summary>How long a turn may take, counted from the first look at the clock.</summary>
    private static readonly long TurnTicks = Stopwatch.Frequency / 500;

    private const int PauseWithoutMemory = 10; // milliseconds
    private const ulong WakeUp = ulong.MaxValue; // no row of the table has this tag

    [ThreadStatic]
    private static EventLoop? _current;

    private readonly IDemultiplexer _demultiplexer;
    private readonly LoopQueue _queue = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LoopContext _context;
    private readonly Thread _thread;
    private readonly Action<LoopQueue.Work> _runTurn;
    private long _rounds;
    private int _operationsLeft;
    private long _bytesLeft;
    private long _turnSince; // 0: not looked yet
    private int _tenants;
    private bool _isEnding;
    private bool _wasBusy;
    private GatheringYield _yield;

    /// <exception cref="ConnectionException">No descriptors are left.</exception>
    internal EventLoop(IDemultiplexer demultiplexer, string name)
    {
        _demultiplexer = demultiplexer;
        _context = new LoopContext(this);
        _runTurn = RunTurn;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _demultiplexer.Add(_queue.Descriptor, PollEvents.Read, WakeUp);
    }

    /// <summary>The loop whose thread this is, or null.</summary>
    internal static EventLoop? Current => _current;

    internal bool IsCurrent => _current == this;

    internal IDemultiplexer Demultiplexer => _demultiplexer;

    internal WatchTable Watches { get; } = new();

    internal TimerHeap Timers { get; } = new();

    /// <summary>How many connections live here. Any thread may ask.</summary>
    internal int Tenants => Volatile.Read(ref _tenants);

    /// <summary>How many times it has gone round. A loop with nothing to do stands still. Any thread may ask.</summary>
    internal long Rounds => Volatile.Read(ref _rounds);

    /// <summary>Completes when the thread has left.</summary>
    internal Task Ended => _ended.Task;

    internal void Start() => _thread.Start();

    /// <summary>Calls back on the loop, in its next round. Any thread.</summary>
    internal void Post(SendOrPostCallback callback, object? state)
    {
        if (IsCurrent) _queue.AddOwn(callback, state);
        else _queue.AddShared(callback, state);
    }

    /// <summary>Brings an async method onto the loop, if it is not there.</summary>
    internal LoopEntry EnterAsync() => new(this);

    /// <summary>Something moves in, and the loop will not end before it has moved out. Any thread, before <see cref="EndWhenEmpty"/>.</summary>
    internal void MoveIn() => Interlocked.Increment(ref _tenants);

    internal void MoveOut() => Interlocked.Decrement(ref _tenants);

    /// <summary>Lets the thread leave once nobody lives here. Any thread.</summary>
    internal void EndWhenEmpty() => Post(static loop => ((EventLoop)loop!)._isEnding = true, this);

    /// <summary>Takes one operation of the present turn. False: the turn is over, come again in the next.</summary>
    internal bool TrySpend()
    {
        if (--_operationsLeft % OperationsBetweenLooks == 0) EndTurnIfLate();
        return _operationsLeft >= 0;
    }

    /// <summary>Counts what an operation has moved: the next is refused when that was enough for one turn, or took long enough.</summary>
    internal void Charge(long bytes)
    {
        _bytesLeft -= bytes;
        if (_bytesLeft <= 0) EndTurn();
        else if (bytes >= WorthALookAtTheClock) EndTurnIfLate();
    }

    /// <summary>True when <see cref="TrySpend"/> has refused.</summary>
    internal bool IsTurnOver => _operationsLeft < 0;

    /// <summary>Something else begins to run.</summary>
    internal void BeginTurn() => (_operationsLeft, _bytesLeft, _turnSince) = (OperationsPerTurn, BytesPerTurn, 0);

    private void EndTurn() => _operationsLeft = Math.Min(_operationsLeft, 0);

    private void EndTurnIfLate()
    {
        var now = Stopwatch.GetTimestamp();
        if (_turnSince == 0) _turnSince = now;
        else if (now - _turnSince > TurnTicks) EndTurn();
    }

    private void Run()
    {
        _current = this;
        SynchronizationContext.SetSynchronizationContext(_context);
        while (!_isEnding || Tenants > 0 || _queue.HasWork)
        {
            Volatile.Write(ref _rounds, _rounds + 1);
            foreach (var ready in Wait()) Dispatch(ready);
            RunTimers();
            _queue.RunRound(_runTurn);
        }

        foreach (var watch in Watches.All) watch.Close(); // a handler kept something after its end
        _current = null;
        _queue.Dispose();
        _demultiplexer.Dispose();
        _ended.SetResult();
    }

    private ReadOnlySpan<Readiness> Wait()
    {
        if (_wasBusy && !_queue.HasWork) _yield.Take();
        var ready = Ask(_queue.TrySleep() ? Timers.MillisecondsLeft() : 0);
        _queue.Awaken();
        _wasBusy = !ready.IsEmpty;
        return ready;
    }

    /// <summary>A wait that fails for want of memory (poll(2), ENOMEM) is tried again: this thread has everybody's connections.</summary>
    private ReadOnlySpan<Readiness> Ask(int milliseconds)
    {
        try
        {
            return _demultiplexer.Wait(milliseconds);
        }
        catch (ConnectionException e) when (e.Error == ConnectionError.OutOfResources)
        {
            Thread.Sleep(PauseWithoutMemory);
            return [];
        }
    }

    private void Dispatch(Readiness ready)
    {
        if (ready.Tag == WakeUp) _queue.ClearSignal();
        else Watches.Find(ready.Tag)?.OnReady(ready.Events);
    }

    private void RunTimers()
    {
        if (Timers.Count == 0) return;
        var now = Stopwatch.GetTimestamp();
        while (Timers.TakeDue(now) is { } timer)
        {
            BeginTurn();
            timer.OnDue();
        }
    }

    private void RunTurn(LoopQueue.Work work)
    {
        BeginTurn();
        work.Callback(work.State);
    }
}
