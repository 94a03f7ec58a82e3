using Argosy.Cli.Tests.Spine;
using Argosy.Cli.Tests.Transfer;

namespace Argosy.Cli.Tests.Shell;

/// <summary>A server, a line to it that can be cut, and shells over that line. One for all tests of a class, which use folders of their own.</summary>
public sealed class ShellWorld : IAsyncLifetime
{
    private Deployment? _deployment;
    private CuttingProxy? _line;

    internal Deployment Deployment => _deployment!;

    internal CuttingProxy Line => _line!;

    public async ValueTask InitializeAsync()
    {
        _deployment = await Deployment.StartAsync();
        Directory.CreateDirectory(Deployment.Stored(""));
        _line = new CuttingProxy(() => Deployment.Server.Address.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await Line.DisposeAsync();
        await Deployment.DisposeAsync();
    }

    /// <summary>A shell at a terminal, in a folder of the server and a local one, both new and empty.</summary>
    internal async Task<ShellAtTerminal> StartAsync(string name, int columns = 80, int rows = 24, string terminal = "screen-256color", bool isTyped = false)
    {
        Directory.CreateDirectory(Deployment.Stored(name));
        var local = Directory.CreateDirectory(Deployment.Home[$"local-{name}"]).FullName;
        var url = Deployment.Url($"/{name}", port: Line.Port);
        var screen = await TmuxScreen.StartAsync(
            Deployment.Home, local, $"TERM={terminal} {ArgosyCommand.Program} shell {url}", columns, rows,
            ("ARGOSY_PASSWORD", isTyped ? "" : Deployment.Password), ("XDG_STATE_HOME", Deployment.Home[$"state-{name}"]));
        return new ShellAtTerminal(screen, name, local, Deployment.Stored(name));
    }

    /// <summary>Runs a script.</summary>
    internal Task<CommandResult> RunScriptAsync(string name, string script, int? port = null)
    {
        Directory.CreateDirectory(Deployment.Stored(name));
        return ArgosyCommand.RunAsync(
            Deployment.Home, ["shell", Deployment.Url($"/{name}", port: port)], script,
            ("ARGOSY_PASSWORD", Deployment.Password), ("XDG_STATE_HOME", Deployment.Home[$"state-{name}"]));
    }
}

/// <summary>A shell at a terminal, and the folders it is in.</summary>
internal sealed class ShellAtTerminal(TmuxScreen screen, string name, string local, string remote) : IAsyncDisposable
{
    public TmuxScreen Screen => screen;

    public string Local(string file) => Path.Combine(local, file);

    public string Remote(string file) => Path.Combine(remote, file);

    /// <summary>The prompt in a folder below the one where it began.</summary>
    public string Prompt(string folder = "") => $"alex@127.0.0.1:/{name}{folder}>";

    /// <summary>Waits for the prompt.</summary>
    public Task<string> ReadyAsync(string folder = "") => screen.EndsWithAsync(Prompt(folder));

    /// <summary>Types a line and Enter at the prompt, and waits for the next prompt; returns what was shown between.</summary>
    public async Task<string> RunAsync(string line, string folder = "", string? then = null)
    {
        await ReadyAsync(folder);
        await screen.TypeAsync(line);
        var typed = $"{Prompt(folder)} {line}";
        await screen.EndsWithAsync(typed);
        await screen.PressAsync("Enter");
        var shown = await ReadyAsync(then ?? folder);
        var start = shown.LastIndexOf(typed + "\n", StringComparison.Ordinal) + typed.Length + 1;
        return shown[start..^Prompt(then ?? folder).Length].TrimEnd('\n');
    }

    public ValueTask DisposeAsync() => screen.DisposeAsync();
}
