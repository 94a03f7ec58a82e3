using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>What one client's "fetch" costs another client's ping: beside the handler that awaits, and beside the one that blocks.</summary>
internal static class FanOutLatency
{
    public static async Task Main(string[] args)
    {
        await using var backends = await FanOutBackends.FindAsync([]);
        await MeasureAsync("awaiting", FanOut.Server(backends.Addresses));
        await MeasureAsync("blocking", FanOutBlocking.Server(backends.Addresses));
    }

    private static async Task MeasureAsync(string name, StreamServer server)
    {
        await using var _ = server;
        server.Start();
        using var fetcher = new Client(server.LocalEndPoints[0]);
        using var pinger = new Client(server.LocalEndPoints[0]);
        await fetcher.AskAsync("fetch"); // once for the compiler
        for (var line = ""; line != "3 answers";) line = await fetcher.HearAsync();
        await pinger.AskAsync("ping"); // both are being served now
        await fetcher.AskAsync("fetch"); // "fetching"
        var start = Stopwatch.GetTimestamp();
        await pinger.AskAsync("ping");
        var ping = Stopwatch.GetElapsedTime(start);
        string[] answers = [await fetcher.HearAsync(), await fetcher.HearAsync(), await fetcher.HearAsync()];
        var all = Stopwatch.GetElapsedTime(start);
        Console.WriteLine($"{name}: a ping waited {ping.TotalMilliseconds:F1} ms; {string.Join(", ", answers)} within {all.TotalMilliseconds:F1} ms");
    }

    private sealed class Client : IDisposable
    {
        private readonly TcpClient _tcp = new();
        private readonly StreamReader _lines;

        public Client(EndPoint server)
        {
            _tcp.Connect((IPEndPoint)server);
            _lines = new StreamReader(_tcp.GetStream());
        }

        public async Task<string> AskAsync(string question)
        {
            await _tcp.GetStream().WriteAsync(System.Text.Encoding.UTF8.GetBytes(question + "\n"));
            return await HearAsync();
        }

        public async Task<string> HearAsync() => await _lines.ReadLineAsync() ?? throw new EndOfStreamException();

        public void Dispose() => _tcp.Dispose();
    }
}
