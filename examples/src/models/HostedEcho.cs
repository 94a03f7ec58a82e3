using System.Net;
using System.Text;
using Argosy.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Argosy.Examples;

/// <summary>
/// A server in the Generic Host: it starts and drains with the host, its options come from configuration (environment, command line, files), and
/// each connection gets a handler made with services: one <see cref="Visits"/> for all, one <see cref="Conversation"/> of its own.
/// </summary>
internal sealed class HostedEcho(Visits visits, Conversation conversation) : ConnectionHandler
{
    public static async Task Main(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args); // --Echo:Model=threads, or Echo__Model in the environment
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<Visits>().AddScoped<Conversation>().AddStreamServer<HostedEcho>(options =>
            (options with { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)] }).With(builder.Configuration.GetSection("Echo")));
        using var host = builder.Build();
        await host.StartAsync();
        Serving.Ready(host.Services.GetRequiredKeyedService<StreamServer>(nameof(HostedEcho)).LocalEndPoints[0]);
        await host.WaitForShutdownAsync(); // SIGTERM or Ctrl-C
    }

    public override async ValueTask HandleAsync()
    {
        var number = visits.Next();
        using var client = new FramedConnection(Connection, new LineFraming(1024));
        while (await client.ReadAsync() is { } line)
            await client.WriteAsync(Encoding.UTF8.GetBytes(conversation.Answer(number, Encoding.UTF8.GetString(line.Span))));
    }
}

/// <summary>One for the whole program.</summary>
internal sealed class Visits
{
    private int _count;

    public int Next() => Interlocked.Increment(ref _count);
}

/// <summary>One for each connection, disposed of when it ends.</summary>
internal sealed class Conversation(ILogger<Conversation> logger) : IDisposable
{
    private int _lines;

    public string Answer(int visit, string line) => $"visit {visit}, line {++_lines}: {line}";

    public void Dispose() => logger.LogInformation("a conversation of {Lines} lines is over", _lines);
}
