using System.CommandLine;
using System.Runtime.InteropServices;
using Argosy.Cli.Hosting;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>
/// What all commands that talk to a server share: how to know it and log in, <c>--json</c>, and how they end. Exit codes: 0 done, 1 refused, failed
/// or stopped, 2 bad usage, 3 not reachable, 4 not verified or not trusted; Ctrl-C ends by its signal.
/// </summary>
internal abstract class RemoteCommand
{
    private readonly ConnectionOptions _connection = new();
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object per line, for scripts." };

    /// <summary>Puts the shared options and the action on a command.</summary>
    protected Command Finish(Command command)
    {
        _connection.AddTo(command);
        command.Add(_json);
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    /// <summary>Does what the same words do on a command line, over sessions that are somebody else's. Throws what goes wrong.</summary>
    /// <param name="words">The words behind the command's name.</param>
    /// <param name="remote">The sessions, and where results go.</param>
    /// <param name="stop">Ends it in order.</param>
    /// <exception cref="UsageException">The words make no sense.</exception>
    public Task<int> RunAsync(IReadOnlyList<string> words, Remote remote, CancellationToken stop)
    {
        var command = Build();
        var parsed = command.Parse([command.Name, .. words], new ParserConfiguration { ResponseFileTokenReplacer = null });
        return parsed.Errors.Count == 0
            ? RunAsync(parsed, remote, stop)
            : throw new UsageException(UsageErrors.Message(parsed) ?? UsageText.Senseless(command.Name));
    }

    /// <summary>Does the same with each of several places, many at a time. One that fails does not stop the others.</summary>
    protected static async Task<int> EachAsync(
        string[] words, Remote remote, Func<FileClient, RemotePath, CancellationToken, Task<Action>> run, CancellationToken stop)
    {
        var urls = words.Select(ArgosyUrl.Parse).ToList();
        foreach (var url in urls)
            await remote.ConnectAsync(url, stop);
        return await Batch.RunAsync(
            urls, async (url, cancel) => await run(await remote.ConnectAsync(url, cancel), url.Path, cancel), url => url.Path.ToString(), remote.Results, stop);
    }

    /// <summary>The command with its words and options.</summary>
    protected abstract Command Build();

    /// <summary>Does the work. Returns the exit code; whatever it throws becomes a line and an exit code.</summary>
    protected abstract Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop);

    /// <summary>True once something was begun that the same command would go on with.</summary>
    public bool CanResume { get; protected set; }

    /// <summary>True where the password takes standard input, so that a file cannot.</summary>
    protected bool TakesStandardInput(ParseResult parsed) => _connection.TakesStandardInput(parsed);

    private async Task<int> RunAsync(ParseResult parsed)
    {
        using var results = new Results(parsed.GetValue(_json));
        using var stop = new CancellationTokenSource();
        var isInterrupted = false;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await using var remote = new Remote(_connection.For(parsed), _connection.TakesStandardInput(parsed), results);
            var code = await RunAsync(parsed, remote, stop.Token);
            results.Complete();
            if (CanResume && code is (ExitCodes.NotReachable or ExitCodes.NotVerified))
                results.Advise(StopText.Repeat(Repeat(parsed)));
            return code;
        }
        catch (Exception exception) when (ExitCodes.Of(exception) is { } code)
        {
            results.Fail(exception, null, CanResume ? Repeat(parsed) : null);
            if (CanResume && code is (ExitCodes.NotReachable or ExitCodes.NotVerified))
                results.Advise(StopText.Repeat(Repeat(parsed)));
            return exception is OperationCanceledException && isInterrupted ? ExitCodes.Interrupted : code;
        }

        // The first signal ends the transfer in order, so that nothing half is left; a second ends the process.
        void Stop(PosixSignalContext context)
        {
            isInterrupted |= context.Signal == PosixSignal.SIGINT;
            context.Cancel = !stop.IsCancellationRequested;
            if (stop.IsCancellationRequested && CanResume)
                results.AdviseAtOnce(StopText.StoppedRepeat(Repeat(parsed)));
            stop.Cancel();
        }
    }

    private static string Repeat(ParseResult parsed) =>
        string.Join(' ', parsed.Tokens.Select(token => ShellWord.Of(token.Value)).Prepend(Invocation.Program));
}
