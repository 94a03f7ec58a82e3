using System.Net;
using Argosy.Files;
using Argosy.FrontEnds;
using Argosy.Native;
using Argosy.Sockets;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>A real server and a folder to work in; commands run in this process, one at a time, since they share the console and the environment.</summary>
internal sealed class TransferWorld : IAsyncDisposable
{
    private readonly StreamServer _server;
    private readonly string _folder = Directory.CreateTempSubdirectory("argosy-cli-").FullName;

    public TransferWorld(AnonymousAccess anonymous = AnonymousAccess.ReadWrite)
    {
        World = new FileWorld(anonymous);
        var frontEnd = new NativeFrontEnd(World.Files, new NativeOptions { AllowPlain = true });
        _server = new StreamServer(
            new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find("async")! },
            frontEnd.CreateHandler);
        _server.Start();
        Environment.SetEnvironmentVariable("ARGOSY_PASSWORD", FileWorld.Password);
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", _folder);
        Environment.SetEnvironmentVariable("XDG_STATE_HOME", Path.Combine(_folder, "state"));
    }

    public FileWorld World { get; }

    public string this[string name] => Path.Combine(_folder, name);

    public string Url(string path, string? user = FileWorld.User) =>
        $"argosy+plain://{(user is null ? "" : user + "@")}127.0.0.1:{((IPEndPoint)_server.LocalEndPoints[0]).Port}{path}";

    public string Write(string name, string content)
    {
        File.WriteAllText(this[name], content);
        return this[name];
    }

    /// <summary>Runs a command line without its first word.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] words)
    {
        using StringWriter output = new(), error = new();
        var (usualOutput, usualError) = (Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(error);
        try
        {
            var code = await CommandLine.RunAsync(words);
            return (code, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(usualOutput);
            Console.SetError(usualError);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await World.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
