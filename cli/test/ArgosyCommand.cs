using System.Diagnostics;

namespace Argosy.Cli.Tests;

/// <summary>How a command ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error);

/// <summary>Runs the built <c>argosy</c> as a real process, in a folder and home of its own.</summary>
internal static class ArgosyCommand
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The program beside these tests, or the one that users run (ReadyToRun, as the launcher builds it), which ./check names: these tests start it
    /// more than a thousand times.
    /// </summary>
    public static string Program { get; } =
        Environment.GetEnvironmentVariable("ARGOSY_TEST_PROGRAM") ?? Path.Combine(AppContext.BaseDirectory, "argosy");

    /// <summary>Runs <c>argosy</c> to its end.</summary>
    public static Task<CommandResult> RunAsync(TempFolder home, params string[] arguments) => RunAsync(home, arguments, input: "");

    /// <summary>Runs <c>argosy</c> to its end with text on standard input.</summary>
    public static Task<CommandResult> RunAsync(
        TempFolder home, string[] arguments, string input, params (string Name, string Value)[] environment) =>
        RunProgramAsync(home, Program, arguments, input, environment);

    /// <summary>Runs any program to its end.</summary>
    public static Task<CommandResult> RunProgramAsync(
        TempFolder home, string program, string[] arguments, string input = "", params (string Name, string Value)[] environment) =>
        RunProgramAsync(home, program, arguments, input, Patience, environment);

    /// <summary>Runs any program to its end, which may take longer than usual.</summary>
    public static Task<CommandResult> RunProgramAsync(
        TempFolder home, string program, string[] arguments, TimeSpan patience, params (string Name, string Value)[] environment) =>
        RunProgramAsync(home, program, arguments, "", patience, environment);

    private static async Task<CommandResult> RunProgramAsync(
        TempFolder home, string program, string[] arguments, string input, TimeSpan patience, (string Name, string Value)[] environment)
    {
        using var process = Process.Start(Describe(home, program, arguments, environment))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input; its exit code tells why.
        }

        using var limit = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end. It said: {await output} {await error}");
        }

        return new CommandResult(process.ExitCode, await output, await error);
    }

    /// <summary>How to start a program whose home, state and settings are the test's alone.</summary>
    public static ProcessStartInfo Describe(
        TempFolder home, string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = home.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = home.Path;
        start.Environment["XDG_STATE_HOME"] = home["state"];
        start.Environment["XDG_CONFIG_HOME"] = home["config"];
        start.Environment["ARGOSY__Server__Data"] = home["data"]; // For root the default is the machine's own.
        start.Environment["DOTNET_TieredPGO"] = "0"; // Short runs: instrumentation would only cost.
        start.Environment.Remove("ARGOSY_COMMAND");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }
}
