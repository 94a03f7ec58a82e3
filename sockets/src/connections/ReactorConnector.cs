using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>Opens connections for the reactor models. Runs on the loop that the connections will belong to.</summary>
internal sealed class ReactorConnector(EventLoop loop) : DescriptorConnector
{
    protected override DescriptorConnection Make(DescriptorHandle socket, AddressFamily family, EndPoint? peer) =>
        new ReactorConnection(new DescriptorWatch(loop, socket), socket, family, peer);

    protected override async ValueTask PauseAsync(TimeSpan pause, CancellationToken cancellation) => await Task.Delay(pause, cancellation);

    protected override ValueTask WaitForAsync(Task lookUp, Deadline deadline, CancellationToken cancellation) =>
        RuntimeConnector.WaitForEitherAsync(lookUp, deadline, cancellation);
}
