namespace Argosy.Sockets;

/// <summary>What a server does with one datagram. A new instance serves each. The same class runs unchanged under every model that
/// serves datagrams.</summary>
public abstract class DatagramHandler
{
    /// <summary>The datagram and the way to answer it. Set before <see cref="HandleAsync"/>, and valid until that has completed.</summary>
    public DatagramContext Context { get; internal set; } = null!;

    /// <summary>Serves the datagram. What it throws goes to the server's <c>OnError</c>, and the other datagrams are served on.</summary>
    public abstract ValueTask HandleAsync();

    /// <summary>One method that serves each datagram with a new instance.</summary>
    internal static Func<DatagramContext, ValueTask> Each(Func<DatagramHandler> handlers) => context =>
    {
        var handler = handlers();
        handler.Context = context;
        return handler.HandleAsync();
    };
}
