using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

/// <summary>Two connected sockets whose descriptors a test watches directly.</summary>
internal sealed class DescriptorPair : IDisposable
{
    public DescriptorPair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Far.Connect(listener.LocalEndPoint!);
        Near = listener.Accept();
        Near.Blocking = false;
    }

    public Socket Near { get; }

    public Socket Far { get; }

    public int Descriptor => (int)Near.Handle;

    /// <summary>Makes the near side readable, now and not a moment later.</summary>
    public void Fill()
    {
        Far.Send("x"u8);
        SpinWait.SpinUntil(() => Near.Available > 0);
    }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
    }
}
