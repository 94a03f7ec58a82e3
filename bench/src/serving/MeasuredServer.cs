using System.Net;
using System.Runtime.InteropServices;
using Argosy.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Bench;

/// <summary>One model's server in a process of its own, so that nothing else shares its memory, its threads and its collector.</summary>
public static class MeasuredServer
{
    private const int Backlog = 512;

    /// <summary>Serves under a model on a free port of 127.0.0.1 until <paramref name="input"/> ends or SIGTERM comes.</summary>
    /// <param name="modelName">The model, as <c>--model</c> calls it.</param>
    /// <param name="input">Whoever started this process holds the other end: when it dies, so does the server.</param>
    /// <param name="output">Is told <c>ready IPV4:PORT</c>.</param>
    /// <exception cref="BenchException">There is no such model, or it cannot listen.</exception>
    public static async Task RunAsync(string modelName, Stream input, TextWriter output)
    {
        var model = ConcurrencyModels.Find(modelName) ?? throw new BenchException($"there is no model \"{modelName}\"");
        using var file = OpenFile();
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = model, Backlog = Backlog };
        await using var server = new StreamServer(options, () => new EchoHandler(file));
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true); // the starter ends us
        Start(server);
        await output.WriteLineAsync($"{BenchProtocol.Ready}{server.LocalEndPoints[0]}");
        await output.FlushAsync();
        await Task.WhenAny(input.CopyToAsync(Stream.Null), stopped.Task);

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopped.TrySetResult();
        }
    }

    private static void Start(StreamServer server)
    {
        try
        {
            server.Start();
        }
        catch (ConnectionException e)
        {
            throw new BenchException(e.Message);
        }
    }

    /// <summary>A file of zeros that has no name any more: it is gone with the process, however that ends.</summary>
    private static SafeFileHandle OpenFile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"argosy-bench-{Environment.ProcessId}");
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(path);
        RandomAccess.Write(file, new byte[BenchProtocol.FileBytes], 0);
        return file;
    }
}
