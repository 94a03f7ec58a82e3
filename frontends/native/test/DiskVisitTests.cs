using System.Net;
using Argosy.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Native.Tests;

/// <summary>How often a session goes to the disk's threads. Only the way there is real here; the suites go it under every model.</summary>
public sealed class DiskVisitTests
{
    private readonly CountingContext _context = new();
    private readonly DiskVisit _visit;

    public DiskVisitTests() => _visit = new DiskVisit(_context);

    [Fact]
    public async Task Without_a_visit_every_work_makes_the_way()
    {
        for (int i = 0; i < 3; i++)
            Assert.Equal(i, await _visit.RunAsync(static i => i, i));
        Assert.Equal(3, _context.Trips);
    }

    [Fact]
    public async Task On_a_visit_all_of_it_is_done_at_the_disk()
    {
        var isAtDisk = new List<bool>();
        await _visit.MakeAsync(
            async visit =>
            {
                for (int i = 0; i < 3; i++)
                    isAtDisk.Add(await visit.RunAsync(static _ => CountingContext.IsAtDisk, i));
            },
            _visit);
        Assert.Equal(1, _context.Trips);
        Assert.Equal([true, true, true], isAtDisk);
    }

    [Fact]
    public async Task Whoever_leaves_goes_on_elsewhere_and_is_waited_for()
    {
        bool? isAtDisk = null;
        await _visit.MakeAsync(
            async visit =>
            {
                await visit.LeaveAsync();
                isAtDisk = CountingContext.IsAtDisk;
                await visit.LeaveAsync(); // nobody is there any more: no wait
                await visit.RunAsync(static _ => true, 0);
            },
            _visit);
        Assert.False(isAtDisk);
        Assert.Equal(2, _context.Trips);
    }

    [Fact]
    public async Task A_failure_ends_the_visit()
    {
        await Assert.ThrowsAsync<InvalidDataException>(async () => await _visit.MakeAsync<int>(static _ => throw new InvalidDataException(), 0));
        await _visit.RunAsync(static _ => true, 0);
        Assert.Equal(2, _context.Trips);
    }

    /// <summary>Counts the trips, each to a thread of its own.</summary>
    private sealed class CountingContext : HandlerContext
    {
        [ThreadStatic]
        private static bool _isAtDisk;

        public static bool IsAtDisk => _isAtDisk;

        public int Trips { get; private set; }

        public override IConnection Connection => throw new NotSupportedException();

        public override CancellationToken Stopping => CancellationToken.None;

        public override bool IsOverloaded => false;

        public override ILogger Logger => throw new NotSupportedException();

        public override async ValueTask<TResult> OffloadAsync<TState, TResult>(Func<TState, TResult> work, TState state)
        {
            var done = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() =>
            {
                _isAtDisk = true;
                Trips++;
                try
                {
                    done.SetResult(work(state));
                }
                catch (InvalidDataException e)
                {
                    done.SetException(e);
                }
            }).Start();
            return await done.Task;
        }

        public override ValueTask BulkAsync<TState>(Func<TState, ValueTask> part, TState state) => throw new NotSupportedException();

        public override ValueTask<IConnection> ConnectAsync(EndPoint address, Deadline deadline, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override Listener Listen(EndPoint address, int backlog = 16) => throw new NotSupportedException();

        public override ValueTask<IConnection> AcceptAsync(Listener listener, Deadline deadline, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override ValueTask<int> WaitAnyAsync(
            ReadOnlyMemory<IConnection> connections, Deadline deadline, CancellationToken cancellation = default) => throw new NotSupportedException();
    }
}
