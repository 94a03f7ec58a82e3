using Argosy.Cli.Messages;
using Argosy.Cli.Shell.Verbs;
using Argosy.Cli.Transfer;

namespace Argosy.Cli.Shell;

/// <summary>Runs lines, one at a time. Whatever goes wrong with one is told, and the shell goes on.</summary>
internal sealed class LineRunner(RemoteShell shell)
{
    private CancellationTokenSource? _running;
    private TimeSpan _patience;

    /// <summary>
    /// Stops the line that runs, in order; the second time, or when that takes long, by ending the session. False: none is running. From a signal's
    /// thread.
    /// </summary>
    public bool Interrupt()
    {
        if (_running is not { } running)
            return false;
        try
        {
            // What it waits for may never come: in order only as long as that is quick.
            if (running.IsCancellationRequested)
                Abandon(running);
            else
                _ = Task.Delay(_patience).ContinueWith(_ => Abandon(running), TaskScheduler.Default);
            running.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }

        return true;
    }

    /// <summary>Runs a line.</summary>
    /// <param name="line">The line; empty ones and comments do nothing.</param>
    /// <param name="place">Where it stands, such as <c>line 3</c>; null: somebody has just typed it.</param>
    /// <param name="end">Ends it too.</param>
    /// <returns>The exit code, and whether it was stopped.</returns>
    public async Task<(int Code, bool IsStopped)> RunAsync(string line, string? place, CancellationToken end)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(end);
        _running = running;
        _patience = Verb.ShortPatience;
        Call? call = null;
        shell.Results.Speaker = place ?? "argosy";
        try
        {
            if (WordScanner.Split(line) is not [var first, .. var words])
                return (0, false);
            var verb = AllVerbs.Find(first.Text) ?? throw SessionVerbs.Unknown(first.Text);
            shell.Results.Speaker = place is null ? verb.Name : $"{place}: {verb.Name}";
            if (words.Any(word => IsPipe(word, line)))
                throw new UsageException(ShellText.NoPipes);
            if (!verb.TakesAllWords && words.Any(word => word.Text is "--help"))
                (verb, words) = (AllVerbs.Find("help")!, [first]);
            call = Call.Of(shell, verb, words, running.Token);
            _patience = verb.Patience;
            if (verb.NeedsServer)
                await shell.ReadyAsync(running.Token);
            var code = await verb.Run(call);
            shell.Results.Complete();
            if (call.CanResume && code is (ExitCodes.NotReachable or ExitCodes.NotVerified))
                AdviseResume(line);
            return (code, false);
        }
        catch (Exception exception)
        {
            return Fail(exception, call, line, running.IsCancellationRequested);
        }
        finally
        {
            _running = null;
        }
    }

    // What other shells would obey, where no quotes say that it is a name.
    private static bool IsPipe(Word word, string line) =>
        line[word.Start] == word.Text.FirstOrDefault() && (word.Text[0] == '|' || word.Text is ">" or ">>" or "<" or "&" or "&&" or ";");

    private void Abandon(CancellationTokenSource running)
    {
        if (_running == running)
            _ = shell.AbandonAsync().AsTask();
    }

    private (int Code, bool IsStopped) Fail(Exception exception, Call? call, string line, bool isStopped)
    {
        if (isStopped || exception is OperationCanceledException)
        {
            shell.Settle(_patience);
            shell.Lines.BeginRow();
            if (call?.CanResume == true)
                AdviseResume(line, StopText.StoppedRepeat);
            else
                shell.Results.Advise(StopText.Stopped);
            return (1, true);
        }

        var code = ExitCodes.Of(exception);
        shell.Results.Fail(code is null ? Failure.Unexpected(exception) : exception, null);
        if (call?.CanResume == true && code is (ExitCodes.NotReachable or ExitCodes.NotVerified))
            AdviseResume(line);
        return (code ?? 1, false);
    }

    // As it was typed, but for what a terminal would obey.
    private void AdviseResume(string line, Func<string, string>? words = null) =>
        shell.Results.Advise((words ?? StopText.Repeat)(Client.Terminal.Escape(line.Trim()).Replace(@"\\", @"\", StringComparison.Ordinal)));
}
