using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Argosy.Sockets.Tests;

/// <summary>A small server program as a real process, which starts its workers by its own command line.</summary>
internal sealed class SmallProgram : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly Process _process;

    private SmallProgram(Process process) => _process = process;

    public int Id => _process.Id;

    public IReadOnlyList<int> Ports { get; private set; } = [];

    /// <summary>Starts it by its own executable, or by <c>dotnet program.dll</c>, and waits until every server is ready.</summary>
    public static async Task<SmallProgram> StartAsync(bool byDotnet, params string[] models)
    {
        var path = TestHost.Command.Program;
        string[] command = byDotnet ? ["dotnet", path + ".dll"] : [path];
        var start = new ProcessStartInfo(command[0], [.. command[1..], "serve", .. models]) { RedirectStandardOutput = true };
        var program = new SmallProgram(Process.Start(start)!);
        var ports = new List<int>();
        foreach (var _ in models)
        {
            var line = await program.ReadLineAsync();
            Assert.StartsWith("ready ", line);
            ports.Add(int.Parse(line![6..], CultureInfo.InvariantCulture));
        }

        program.Ports = ports;
        return program;
    }

    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    /// <summary>A client of one of its servers, with the model and the process that greeted it.</summary>
    public async Task<(TestClient Client, string Model, int Worker)> ConnectAsync(int server = 0)
    {
        var client = await TestClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Ports[server]), "tcp4");
        var greeting = new System.Text.StringBuilder();
        while (await client.ReceiveTextAsync(1) is not "\n" and var letter) greeting.Append(letter);
        var words = greeting.ToString().Split(' ');
        return (client, words[0], int.Parse(words[1], CultureInfo.InvariantCulture));
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
