using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Routines that take turns: a producer yields lines as they come from the client, a second one makes words of them, and two consumers pull
/// words in turn. Each stops at its yield until somebody wants more, so nobody runs ahead and there is no queue and no lock.
/// </summary>
internal static class Coroutines
{
    public static async Task Main(string[] args)
    {
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find("epoll")! };
        await using var server = new StreamServer(options, ServeAsync);
        await server.ServeAsync();
    }

    private static async ValueTask ServeAsync(HandlerContext context)
    {
        using var client = new FramedConnection(context.Connection, new LineFraming(1024));
        await using var words = WordsAsync(LinesAsync(client)).GetAsyncEnumerator();
        IAsyncEnumerator<string>[] consumers = [CountAsync(words).GetAsyncEnumerator(), ShoutAsync(words).GetAsyncEnumerator()];
        for (var turn = 0; await consumers[turn].MoveNextAsync(); turn = 1 - turn)
            await client.WriteAsync(Encoding.UTF8.GetBytes(consumers[turn].Current));
    }

    private static async IAsyncEnumerable<string> LinesAsync(FramedConnection client)
    {
        while (await client.ReadAsync() is { } line) yield return Encoding.UTF8.GetString(line.Span);
    }

    private static async IAsyncEnumerable<string> WordsAsync(IAsyncEnumerable<string> lines)
    {
        await foreach (var line in lines)
            foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries)) yield return word;
    }

    private static async IAsyncEnumerable<string> CountAsync(IAsyncEnumerator<string> words)
    {
        for (var total = 0; await words.MoveNextAsync();) // local state lives from turn to turn
            yield return $"counter: {words.Current} makes {total += words.Current.Length} letters";
    }

    private static async IAsyncEnumerable<string> ShoutAsync(IAsyncEnumerator<string> words)
    {
        while (await words.MoveNextAsync()) yield return $"shouter: {words.Current.ToUpperInvariant()}!";
    }
}
