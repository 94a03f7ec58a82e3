using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

/// <summary>
/// The test's end of a scene whose handlers run in worker processes: each connects to a Unix socket and sends lines, a letter and an
/// escaped text; each is answered by one line when it is done: r report, l log, w wait for a signal.
/// </summary>
internal sealed class SceneListener : IDisposable
{
    private readonly LocalScene _scene;
    private readonly Socket _listener;

    public SceneListener(LocalScene scene)
    {
        _scene = scene;
        var address = (UnixDomainSocketEndPoint)Wire.NewAddress("unix");
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(address);
        _listener.Listen();
        Path = address.ToString();
        _ = AcceptAsync();
    }

    public string Path { get; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(Socket worker)
    {
        using var stream = new NetworkStream(worker, ownsSocket: true);
        using var lines = new StreamReader(stream);
        try
        {
            while (await lines.ReadLineAsync() is { Length: > 0 } line)
            {
                await TakeAsync(line[0], Uri.UnescapeDataString(line[1..]));
                await stream.WriteAsync("\n"u8.ToArray());
            }
        }
        catch (IOException)
        {
            // The worker was killed.
        }
    }

    private Task TakeAsync(char verb, string text)
    {
        if (verb == 'w') return Task.Run(() => _scene.WaitFor(text));
        if (verb == 'r') _scene.Report(text);
        else _scene.Log(text);
        return Task.CompletedTask;
    }
}
