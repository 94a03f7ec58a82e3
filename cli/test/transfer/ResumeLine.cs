using System.Diagnostics;
using Argosy.Cli.Tests.Spine;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>A server, a line to it that can be cut, and commands over it. All of them are processes.</summary>
internal sealed class ResumeLine : IAsyncDisposable
{
    private readonly CuttingProxy _proxy;

    private ResumeLine(Deployment deployment)
    {
        Deployment = deployment;
        _proxy = new CuttingProxy(() => Deployment.Server.Address.Port);
        Directory.CreateDirectory(Folder);
    }

    public Deployment Deployment { get; }

    /// <summary>Where the client's files are.</summary>
    public string Folder => Deployment.Home["here"];

    /// <summary>Bytes that the server has of uploads that were cut, the largest one's.</summary>
    public long Received => Deployment.Staged().Where(file => file is { Exists: true, Name: ['u', ..] }).Select(file => file.Length).DefaultIfEmpty().Max();

    /// <summary>Bytes that are here of a download that was cut.</summary>
    public long Fetched => new DirectoryInfo(Folder).EnumerateFiles(".argosy-*").Select(file => file.Length).DefaultIfEmpty().Max();

    public static async Task<ResumeLine> StartAsync() => new(await Deployment.StartAsync());

    public string Local(string name) => Path.Combine(Folder, name);

    public string Url(string name, bool tls) => Deployment.Url($"/{name}", tls, _proxy.Port);

    public Task WriteAsync(string name, int size, int seed) => File.WriteAllBytesAsync(Local(name), Contents.Random(size, seed));

    /// <summary>A file on the server, put there whole.</summary>
    public async Task StoreAsync(string name, int size, int seed)
    {
        var file = Deployment.Home.Path + "/source";
        await File.WriteAllBytesAsync(file, Contents.Random(size, seed));
        await Deployment.DoAsync("put", file, Deployment.Url($"/{name}"));
    }

    /// <summary>Starts an upload that halts.</summary>
    public (CuttingProxy.Halt Halt, RunningCommand Command) BeginUpload(string name, long position)
    {
        _proxy.Reset();
        var halt = _proxy.HaltAt(up: true, position);
        return (halt, RunningCommand.Start(Describe(null, "put", Local(name), Url(name.Replace(" ", "%20", StringComparison.Ordinal), tls: false))));
    }

    /// <summary>Lets bytes through by and by until a command has ended: it has time to do so before all of them are through.</summary>
    public async Task CreepAsync(CuttingProxy.Halt halt, RunningCommand command)
    {
        for (var at = halt.Bytes; !command.HasExited; at += 32 * 1024)
        {
            var next = _proxy.HaltAt(up: true, at + (32 * 1024));
            halt.GoOn(cut: false);
            await Task.WhenAny(next.Reached, Task.Delay(20));
            halt = next;
            await Task.Delay(2);
        }

        halt.GoOn(cut: false);
    }

    public async Task CutUploadAsync(string name, Cut cut, long position, bool tls, string? target = null, string? state = null)
    {
        _proxy.Reset();
        var halt = _proxy.HaltAt(up: true, position);
        await using var command = RunningCommand.Start(Describe(state, "put", Local(name), Url(target ?? name, tls)));
        await CutAsync(command, halt, cut);
    }

    public async Task CutDownloadAsync(string name, Cut cut, long position, bool tls)
    {
        _proxy.Reset();
        var halt = _proxy.HaltAt(up: false, position);
        await using var command = RunningCommand.Start(Describe(null, "get", Url(name, tls), Local(name)));

        // What the server had sent before it died stays in the line: sometimes that is all of it.
        if (await CutAsync(command, halt, cut, mayBeWhole: cut == Cut.Server) == 0)
            Contents.AssertSame(Deployment.Stored(name), Local(name));
    }

    /// <summary>Says the same again; returns how many bytes went over the line.</summary>
    public async Task<long> RepeatUploadAsync(string name, bool tls)
    {
        _proxy.Reset();
        var result = await RunUploadAsync(name, tls, name, null);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return _proxy.Bytes;
    }

    /// <summary>The same for a download.</summary>
    public async Task<long> RepeatDownloadAsync(string name, bool tls)
    {
        _proxy.Reset();
        await using var command = RunningCommand.Start(Describe(null, "get", Url(name, tls), Local(name)));
        var result = await command.WaitAsync();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return _proxy.Bytes;
    }

    /// <summary>Runs a command whose line is cut.</summary>
    public async Task CutTreeAsync(string[] words, bool up, long position)
    {
        _proxy.Reset();
        var halt = _proxy.HaltAt(up, position);
        await using var command = RunningCommand.Start(Describe(null, words[0], words[1..]));
        await CutAsync(command, halt, Cut.Client);
    }

    /// <summary>Runs a command to its end.</summary>
    public async Task RunTreeAsync(params string[] words)
    {
        _proxy.Reset();
        await using var command = RunningCommand.Start(Describe(null, words[0], words[1..]));
        var result = await command.WaitAsync();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    public async Task<CommandResult> RunUploadAsync(string name, bool tls, string target, string? state)
    {
        await using var command = RunningCommand.Start(
            Describe(state, "put", Local(name), Url(target.Replace(" ", "%20", StringComparison.Ordinal), tls)));
        return await command.WaitAsync();
    }

    /// <summary>Stops the command for a time in the middle of a transfer, as Ctrl-Z and fg do, and waits for its good end.</summary>
    public async Task StopInTheMiddleAsync(string name, bool up, TimeSpan time)
    {
        _proxy.Reset();
        var halt = _proxy.HaltAt(up, 8 << 20);
        await using var command = RunningCommand.Start(up
            ? Describe(null, "put", Local(name), Url(name, tls: false))
            : Describe(null, "get", Url(name, tls: false), Local(name)));
        await halt.Reached.WaitAsync(ArgosyCommand.Patience);
        command.Signal(19);
        halt.GoOn(cut: false);
        await Task.Delay(time);
        command.Signal(18);
        var result = await command.WaitAsync();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    /// <summary>Waits until the server has at least so much of an upload.</summary>
    public Task AssertReceivedAsync(long atLeast) => Poll.UntilAsync(() => Received >= atLeast, () => $"Only {Received} bytes came");

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await Deployment.DisposeAsync();
    }

    private async Task<int> CutAsync(RunningCommand command, CuttingProxy.Halt halt, Cut cut, bool mayBeWhole = false)
    {
        // One that was over before the moment came is repeated for nothing, which is a case too.
        var ended = command.WaitAsync();
        await Task.WhenAny(halt.Reached, ended).WaitAsync(2 * ArgosyCommand.Patience);
        switch (cut)
        {
            case Cut.Client:
                await command.KillAsync();
                halt.GoOn(cut: false);
                break;
            case Cut.Server:
                Deployment.Server.Signal(9);
                halt.GoOn(cut: false);
                await Deployment.RestartAsync();
                break;
            default:
                halt.GoOn(cut: true);
                break;
        }

        var result = await ended;
        Assert.True(cut == Cut.Client || !halt.Reached.IsCompleted || result.ExitCode is 3 or 4 || (mayBeWhole && result.ExitCode == 0), $"{result.ExitCode}: {result.Error}");
        if (result.ExitCode is 3 or 4)
            Assert.Contains("To go on where it stopped, repeat: ", result.Error, StringComparison.Ordinal);
        return result.ExitCode;
    }

    private ProcessStartInfo Describe(string? state, string verb, params string[] words)
    {
        var start = ArgosyCommand.Describe(Deployment.Home, ArgosyCommand.Program, [verb, "--accept-new", .. words], ("ARGOSY_PASSWORD", Deployment.Password));
        if (state is not null)
            start.Environment["XDG_STATE_HOME"] = Deployment.Home[$"state-{state}"];
        return start;
    }
}
