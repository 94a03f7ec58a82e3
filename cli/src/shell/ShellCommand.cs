using System.CommandLine;
using System.Runtime.InteropServices;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Cli.Shell.Editing;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Shell;

/// <summary><c>argosy shell URL</c></summary>
internal sealed class ShellCommand
{
    private const int Attempts = 3;

    private readonly Argument<string> _url = new("URL") { Description = "The account, and the folder to begin in." };
    private readonly ConnectionOptions _connection = new();

    public static Command Create() => new ShellCommand().Build();

    private async Task<int> RunAsync(ParseResult parsed)
    {
        using var results = new Results(isJson: false);
        using var end = new CancellationTokenSource();
        RemoteShell? shell = null;
        LineRunner? runner = null;
        var isInterrupted = false;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        try
        {
            var url = ArgosyUrl.Parse(parsed.GetRequiredValue(_url));
            var isScript = Console.IsInputRedirected;
            using var lines = isScript ? new ScriptLines(OpenScript()) : LinesOfTerminal(async (line, stop) => await new NameCompleter(shell!).FindAsync(line, stop));
            await using var remote = new Remote(_connection.For(parsed), _connection.TakesStandardInput(parsed), results)
            {
                MayContinue = isScript ? null : (unfinished, stop) => ResumeQuestion.AskAsync(unfinished, lines, stop),
            };
            shell = new RemoteShell(url, remote, lines);
            await LogInAsync(shell, canRetry: Prompts.CanAsk && !_connection.TakesStandardInput(parsed), end.Token);
            if (url.Path != RemotePath.Root)
                await shell.EnterAsync(url.Path, end.Token);
            runner = new LineRunner(shell);
            if (isScript)
                return await RunScriptAsync(shell, runner, end.Token) is var code && isInterrupted ? ExitCodes.Interrupted : code;
            Console.Error.WriteLine(ShellText.Connected(url.Authority));
            return await RunInteractiveAsync(shell, runner, end.Token);
        }
        catch (OperationCanceledException)
        {
            results.Speaker = "argosy";
            results.Advise(StopText.Stopped);
            return isInterrupted ? ExitCodes.Interrupted : 1;
        }
        catch (Exception exception) when (ExitCodes.Of(exception) is { } code)
        {
            results.Fail(exception, null);
            return code;
        }

        // While a line runs, Ctrl-C is about it; before there is a shell, and in a script, about all of it.
        void Interrupt(PosixSignalContext context)
        {
            context.Cancel = true;
            isInterrupted |= runner is null || Console.IsInputRedirected;
            if (runner?.Interrupt() == true)
                return;
            if (isInterrupted)
                end.Cancel();
            else
                shell!.Lines.Restart();
        }

        void End(PosixSignalContext context)
        {
            context.Cancel = !end.IsCancellationRequested;
            end.Cancel();
        }
    }

    private static ILines LinesOfTerminal(Completer completer) =>
        OperatingSystem.IsLinux() && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb"
            ? new LineEditor(History.Default, completer)
            : new PlainLines();

    // At once, not at the first line: without one there is nothing to connect for.
    private static TextReader OpenScript()
    {
        StandardStreams.OpenInput().Dispose();
        return Console.In;
    }

    // A password is easily mistyped; one from elsewhere does not get better.
    private static async Task LogInAsync(RemoteShell shell, bool canRetry, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await shell.ConnectAsync(stop);
                return;
            }
            catch (RefusedException refused) when (refused.Error == "login-failed" && canRetry && shell.Remote.WasTyped && attempt < Attempts)
            {
                shell.Results.Fail(refused, null);
            }
        }
    }

    private static async Task<int> RunInteractiveAsync(RemoteShell shell, LineRunner runner, CancellationToken end)
    {
        while (!shell.IsOver)
        {
            if (await shell.Lines.ReadAsync(Prompt, end) is not { } text)
                break;
            // Several where they were pasted.
            foreach (var line in text.Split('\n').TakeWhile(_ => !shell.IsOver))
            {
                if ((await runner.RunAsync(Allowed(line, out _), null, end)).IsStopped)
                    break;
            }

            end.ThrowIfCancellationRequested();
        }

        return 0;

        string Prompt() => ShellPrompt.Of(shell.Name, shell.Folder.ToString(), WindowSize.Now.Columns);
    }

    private static async Task<int> RunScriptAsync(RemoteShell shell, LineRunner runner, CancellationToken end)
    {
        for (var number = 1; !shell.IsOver && await shell.Lines.ReadAsync(() => "", end) is { } line; number++)
        {
            var (code, isStopped) = await runner.RunAsync(Allowed(line, out var mayFail), $"line {number}", end);
            if (isStopped || (code != 0 && !mayFail))
                return code;
        }

        return 0;
    }

    // A hyphen before a line lets it fail, as in batches of sftp(1).
    private static string Allowed(string line, out bool mayFail)
    {
        var text = line.TrimStart();
        mayFail = text.StartsWith('-');
        return mayFail ? text[1..] : line;
    }

    private Command Build()
    {
        var command = new Command("shell", "Work with a server interactively, or run a script of commands from standard input.") { _url };
        _connection.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }
}
