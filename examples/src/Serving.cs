using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>What the examples share: how one is told what to do, says where it is, and ends.</summary>
internal static class Serving
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);

    /// <summary>Serves until SIGTERM or Ctrl-C, and then lets the handlers finish.</summary>
    /// <param name="server">In a worker process it never comes back from its start.</param>
    /// <param name="beside">Where something else of this example listens.</param>
    public static async Task ServeAsync(this StreamServer server, string? beside = null)
    {
        server.OnError += (error, connection) => Console.Error.WriteLine($"{connection.RemoteEndPoint}: {error.Message}");
        server.Start();
        if (beside is not null) Ready(beside);
        foreach (var address in server.LocalEndPoints) Ready(address);
        await Stop.WaitAsync();
        await server.StopAsync(Drain);
    }

    /// <summary>Tells people and tests where the example listens: port 0 took a free one.</summary>
    public static void Ready(object? address)
    {
        Stop.Heed();
        Console.WriteLine($"ready {address}");
    }

    /// <summary>The model of <c>--model NAME</c>.</summary>
    public static ConcurrencyModel Model(this string[] args, string otherwise)
    {
        var name = args.Option("--model") ?? otherwise;
        return ConcurrencyModels.Find(name) ?? throw new ArgumentException($"There is no model '{name}'.");
    }

    /// <summary>What follows <c>--name</c>, or null.</summary>
    public static string? Option(this string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        if (at < 0) return null;
        return at + 1 < args.Length ? args[at + 1] : throw new ArgumentException($"{name} needs a value.");
    }
}
