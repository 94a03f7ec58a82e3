using System.Net;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>A worker process at work for a datagram server, until the parent says stop.</summary>
internal abstract class DatagramWorker
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected DatagramWorker(
        WorkerSession session, DatagramService service, DatagramServerOptions options, IReadOnlyList<DatagramSocket> sockets, DatagramCounters counters)
    {
        (Session, Sockets) = (session, sockets);
        Dispatcher = new DatagramDispatcher(options, service.Handle, Report, GuardedLogger.Of(service.Logger), counters);
    }

    protected WorkerSession Session { get; }

    protected IReadOnlyList<DatagramSocket> Sockets { get; }

    protected DatagramDispatcher Dispatcher { get; }

    /// <summary>Takes the session's task and serves until that is over.</summary>
    internal static async Task<int> RunAsync(WorkerSession session, Func<WorkerJob, ValueTask<DatagramService>> prepare)
    {
        session.Take();
        var (job, task, descriptors) = await session.TaskAsync;
        try
        {
            var worker = Make(session, await prepare(job), task, descriptors);
            session.Attach(worker.OnMessage);
            session.Send(WorkerMessageKind.Ready);
            await worker._over.Task;
            return 0;
        }
        catch (Exception e)
        {
            var reason = Encoding.UTF8.GetBytes(e.Message);
            session.Send(WorkerMessageKind.CannotServe, reason.AsSpan(0, Math.Min(reason.Length, WorkerChannel.MaxPayload)));
            return 1;
        }
    }

    private static DatagramWorker Make(WorkerSession session, DatagramService service, WorkerTask task, DescriptorHandle[] descriptors)
    {
        var addresses = task.LocalEndPoints;
        var isHanded = task.Duty == WorkerDuty.HandedDatagrams;
        if (!isHanded && task.Duty != WorkerDuty.Datagrams) throw new NotSupportedException("it is to serve streams, and its program serves datagrams");
        if (descriptors.Length != addresses.Count + (isHanded ? 0 : 1))
            throw new IOException("no descriptors were free to take the sockets over (ulimit -n)");
        DatagramSocket[] sockets = [.. addresses.Select((address, i) => new DatagramSocket(descriptors[i], address))];
        var options = new DatagramServerOptions
        {
            ListenOn = addresses,
            Model = ConcurrencyModels.Find(task.Model)!,
            MaxDatagram = task.Datagrams.Longest,
            QueueCapacity = task.Datagrams.Queue,
            Workers = task.Datagrams.Workers,
        };
        if (isHanded) return new HandedDatagramWorker(session, service, options, sockets);
        var scores = ScoreBoard.Open(new SafeFileHandle(descriptors[^1].Detach(), ownsHandle: true), task.Rows);
        return new ReceivingDatagramWorker(session, service, options, sockets, new DatagramCounters(scores[task.Slot]));
    }

    /// <summary>What the parent tells the server's owner of a worker that has gone with datagrams in hand.</summary>
    internal static Exception Death(Worker worker, WorkerExit exit, long lost) => worker.WasAborted
        ? new ConnectionException(ConnectionError.Aborted, $"The server stopped before worker {worker.Id} had finished {lost} datagrams; it was ended.")
        : new WorkerDiedException(exit, lost, "datagram");

    /// <summary>A message of the parent. On the channel's thread: quick.</summary>
    protected abstract void OnMessage(WorkerMessage message);

    /// <summary>The process has nothing more to do.</summary>
    protected void End() => _over.TrySetResult();

    private void Report(Exception error, EndPoint? sender) => Session.Send(WorkerMessageKind.Failed, HandlerFailure.Of(error, local: null, sender).Write());
}
