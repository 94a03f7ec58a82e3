using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Runs commands for a client. A request is a line; the answer is frames of a length and that many bytes: output as the command makes it, then an empty
/// frame, then the result in JSON. Without frames the client could not tell a pause in the output from its end. Only listed programs run, by argument
/// list and not by a shell, so no input turns into another command.
/// </summary>
internal sealed class RemoteCommands : ConnectionHandler
{
    private static readonly string[] Allowed = ["date", "ls", "seq", "uname", "uptime"];
    private static readonly LengthFraming Frames = new(4, maxMessage: 64 * 1024);

    public static async Task Main(string[] args)
    {
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = args.Model("async") };
        await using var server = new StreamServer(options, () => new RemoteCommands());
        await server.ServeAsync();
    }

    public override async ValueTask HandleAsync()
    {
        using var requests = new FramedConnection(Connection, new LineFraming(4096));
        using var answers = new FramedConnection(Connection, Frames);
        while (await requests.ReadAsync() is { } line)
        {
            var words = Encoding.UTF8.GetString(line.Span).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var result = words is [var program, ..] && Allowed.Contains(program)
                ? await RunAsync(words, answers, Context.Stopping)
                : new Result(127, $"not allowed; there are: {string.Join(", ", Allowed)}");
            await answers.WriteAsync(ReadOnlyMemory<byte>.Empty);
            await answers.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(result));
        }
    }

    private static async ValueTask<Result> RunAsync(string[] words, FramedConnection answers, CancellationToken stopping)
    {
        using var process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var stop = stopping.Register(process.Kill);
        try
        {
            var (complaint, buffer) = (process.StandardError.ReadToEndAsync(), new byte[Frames.MaxMessage]);
            while (await process.StandardOutput.BaseStream.ReadAsync(buffer) is > 0 and var count)
                await answers.WriteAsync(buffer.AsMemory(0, count)); // waits for a slow client, and so does the command
            await process.WaitForExitAsync();
            return new Result(process.ExitCode, await complaint);
        }
        finally
        {
            process.Kill(); // the client has gone: nobody wants the rest
        }
    }

    private sealed record Result(int Exit, string Error);
}
