using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Argosy.Examples.Tests;

/// <summary>A running example: a process of its own, ready once started, ended at the latest with the test.</summary>
internal sealed partial class ExampleProcess : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int SigTerm = 15;
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Argosy.Examples");

    private readonly Process _process;
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();
    private readonly Task _reading;
    private readonly Task<string> _errors;

    private ExampleProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <summary>What it said in its ready lines, in their order: addresses, and words before them.</summary>
    public List<string> Ready { get; } = [];

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => IPEndPoint.Parse(Ready[0]);

    public int Id => _process.Id;

    /// <summary>Its child processes now, zombies included.</summary>
    public IReadOnlyList<int> Children => ChildrenOf(Id);

    /// <summary>Starts an example and waits for its ready lines.</summary>
    public static Task<ExampleProcess> StartAsync(string name, params string[] arguments) => StartAsync(readyLines: 1, name, arguments);

    public static async Task<ExampleProcess> StartAsync(int readyLines, string name, params string[] arguments)
    {
        var example = Start(name, arguments);
        try
        {
            while (example.Ready.Count < readyLines)
            {
                var line = await example.HearAsync();
                Assert.StartsWith("ready ", line);
                example.Ready.Add(line["ready ".Length..]);
            }

            return example;
        }
        catch
        {
            await example.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs an example that ends by itself.</summary>
    public static async Task<(int ExitCode, string[] Output, string Errors)> RunAsync(string name, params string[] arguments)
    {
        await using var example = Start(name, arguments);
        var code = await example.WaitAsync();
        return (code, [.. example.Rest()], await example._errors);
    }

    public Task<LineClient> ConnectAsync() => LineClient.ConnectAsync(Address);

    /// <summary>The address of the ready line that begins with a word.</summary>
    public IPEndPoint AddressOf(string word) => IPEndPoint.Parse(Ready.Single(line => line.StartsWith(word + " ", StringComparison.Ordinal))[(word.Length + 1)..]);

    /// <summary>Types a line on its standard input.</summary>
    public async Task TypeAsync(string line)
    {
        await _process.StandardInput.WriteAsync(line + "\n");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The next line of its standard output.</summary>
    public async Task<string> HearAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            return await _output.Reader.ReadAsync(limit.Token);
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException($"It has ended: {await _errors}");
        }
    }

    /// <summary>All it wrote to standard error, when it has ended.</summary>
    public Task<string> ErrorsAsync() => _errors;

    /// <summary>Waits for its end.</summary>
    public async Task<int> WaitAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        await _reading.WaitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGTERM: it has to end with 0 and take its children along.</summary>
    public async Task StopAsync()
    {
        var children = Children;
        Assert.Equal(0, Kill(Id, SigTerm));
        Assert.Equal(0, await WaitAsync());
        Assert.Equal([], children.Where(child => Directory.Exists($"/proc/{child}")));
    }

    /// <summary>The children of a process, from the fourth field of proc(5)'s stat. The second, in brackets, may contain anything.</summary>
    private static IReadOnlyList<int> ChildrenOf(int parent) =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!))
            .Where(process => StatOf(process) is [_, var its, ..] && its == $"{parent}"),
    ];

    /// <summary>State, parent and so on; null when there is no such process.</summary>
    private static string[]? StatOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static ExampleProcess Start(string name, string[] arguments)
    {
        var start = new ProcessStartInfo(Program, [name, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_TieredPGO"] = "0"; // short runs: instrumentation would only cost
        return new ExampleProcess(Process.Start(start)!);
    }

    private IEnumerable<string> Rest()
    {
        while (_output.Reader.TryRead(out var line)) yield return line;
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line) _output.Writer.TryWrite(line);
        _output.Writer.Complete();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
