using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

/// <summary>A listener whose backlog is full and that accepts nobody: the next who connects gets no answer.</summary>
internal sealed class FullListener : IDisposable
{
    private readonly Socket _listener;
    private readonly List<Socket> _fillers = [];

    private FullListener(EndPoint address)
    {
        _listener = Wire.NewSocket(address);
        _listener.Bind(address);
        _listener.Listen(0);
    }

    public EndPoint Address => _listener.LocalEndPoint!;

    public static FullListener Unix()
    {
        var full = new FullListener(Wire.NewAddress("unix"));
        full._fillers.Add(Wire.NewSocket(full.Address));
        full._fillers[0].Connect(full.Address);
        return full;
    }

    /// <param name="address">Where on this machine; port 0 takes a free one.</param>
    public static async Task<FullListener> TcpAsync(IPEndPoint? address = null)
    {
        var full = new FullListener(address ?? new IPEndPoint(IPAddress.Loopback, 0));
        var filling = new List<Task>();
        for (var i = 0; i < 4; i++)
        {
            full._fillers.Add(Wire.NewSocket(full.Address));
            filling.Add(full._fillers[^1].ConnectAsync(full.Address));
        }

        await filling[0]; // one is in; the others wait behind it
        _ = Task.WhenAll(filling).ContinueWith(static late => late.Exception, TaskScheduler.Default);
        return full;
    }

    public void Dispose()
    {
        var path = (_listener.LocalEndPoint as UnixDomainSocketEndPoint)?.ToString();
        foreach (var filler in _fillers) filler.Dispose();
        _listener.Dispose();
        if (path is not null) File.Delete(path);
    }
}
