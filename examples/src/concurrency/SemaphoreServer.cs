using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Three clients may be in the room at once; the fourth waits at the door. Bounded means that the semaphore also refuses a release too
/// many (<see cref="SemaphoreFullException"/>), which would otherwise let a fourth in unnoticed.
/// </summary>
internal sealed class SemaphoreServer : ConnectionHandler
{
    private const int Places = 3;
    private static readonly SemaphoreSlim Room = new(Places, maxCount: Places);

    public static async Task Main(string[] args)
    {
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find("threads")! };
        await using var server = new StreamServer(options, () => new SemaphoreServer());
        await server.ServeAsync();
    }

    public override async ValueTask HandleAsync()
    {
        using var client = new FramedConnection(Connection, new LineFraming(1024));
        if (!await Room.WaitAsync(TimeSpan.Zero))
        {
            await SayAsync(client, "the room is full; please wait");
            await Room.WaitAsync(Context.Stopping);
        }

        try
        {
            await SayAsync(client, $"you are in; {Room.CurrentCount} of {Places} places are free");
            while (await client.ReadAsync() is { } line) await client.WriteAsync(line);
        }
        finally
        {
            Room.Release();
        }
    }

    private static ValueTask SayAsync(FramedConnection client, string text) => client.WriteAsync(Encoding.UTF8.GetBytes(text));
}
