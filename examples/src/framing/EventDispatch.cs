using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// A line "EVENT TEXT" calls whoever has registered for the event, in order of registration. Who sends and who listens know only the event's
/// name, so either can be added without touching the other.
/// </summary>
internal sealed class EventDispatch
{
    private readonly Dictionary<string, List<Func<string, string>>> _handlers = [];

    private void On(string name, Func<string, string> handler)
    {
        if (!_handlers.TryGetValue(name, out var handlers)) _handlers[name] = handlers = [];
        handlers.Add(handler);
    }

    private void Once(string name, Func<string, string> handler)
    {
        On(name, Passing);

        string Passing(string text)
        {
            _handlers[name].Remove(Passing);
            return handler(text);
        }
    }

    // What the handlers say. A copy of the list is walked: handlers may come and go meanwhile.
    private IEnumerable<string> Dispatch(string name, string text) =>
        _handlers.TryGetValue(name, out var handlers) && handlers.Count > 0
            ? handlers.ToArray().Select(handler => handler(text))
            : [$"nobody listens to '{name}'"];

    public static async Task Main(string[] args)
    {
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find("poll")! };
        await using var server = new StreamServer(options, ServeAsync);
        await server.ServeAsync();
    }

    private static async ValueTask ServeAsync(HandlerContext context)
    {
        var (events, joined) = (new EventDispatch(), 0);
        events.Once("join", name => $"this is your first guest, {name}");
        events.On("join", name => $"hello {name}");
        events.On("join", _ => $"{++joined} have joined");
        events.On("say", text => text.ToUpperInvariant());
        using var lines = new FramedConnection(context.Connection, new LineFraming(1024));
        while (await lines.ReadAsync() is { } line)
        {
            var words = Encoding.UTF8.GetString(line.Span).Split(' ', 2);
            foreach (var answer in events.Dispatch(words[0], words.ElementAtOrDefault(1) ?? ""))
                await lines.WriteAsync(Encoding.UTF8.GetBytes(answer));
        }
    }
}
