using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>Opens connections for the blocking models: the calling thread waits.</summary>
internal sealed class BlockingConnector : DescriptorConnector
{
    internal static readonly BlockingConnector Instance = new();

    protected override DescriptorConnection Make(DescriptorHandle socket, AddressFamily family, EndPoint? peer) =>
        new BlockingConnection(socket, family, peer);

    protected override ValueTask PauseAsync(TimeSpan pause, CancellationToken cancellation)
    {
        var waiter = ThreadWaiter.Current;
        using (cancellation.UnsafeRegister(static waiter => ((ThreadWaiter)waiter!).Wake(), waiter)) waiter.Sleep(pause);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask WaitForAsync(Task lookUp, Deadline deadline, CancellationToken cancellation)
    {
        Task.WaitAny([lookUp], deadline.MillisecondsLeft, cancellation);
        return ValueTask.CompletedTask;
    }
}
