using System.Runtime.InteropServices;
using Argosy.Cli.Output;
using Argosy.Files;
using Argosy.Server;

namespace Argosy.Cli.Hosting;

/// <summary>One run of the server: start, say so, wait for signals, drain.</summary>
internal sealed partial class Serving(ServerOptions options)
{
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // A signal that comes twice at once, as timeout(1) and terminals send it, was meant once.
    private const long Twice = 250;

    private readonly TaskCompletionSource _abort = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long _stopped;

    public async Task<int> RunAsync()
    {
        StandardStreams.LoseWhatCannotBeWritten();
        using var logs = ServerLog.Create(options.Verbose);
        await using var server = FileTransferServer.Open(options, logs, WorkerVerb.Command);
        var needsAccount = options.Anonymous == AnonymousAccess.None && server.Accounts.List().Count == 0;
        if (needsAccount && Console.IsOutputRedirected) throw NoAccounts();

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop);
        var wasAtTerminal = IsAtTerminal;
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            if (wasAtTerminal && !IsAtTerminal) OnStop(context); // its window was closed: nobody could stop it from there any more
            else server.Reload();
        });

        server.Start();
        var first = needsAccount ? FirstAccount.Make(server.Accounts, options.Root) : null;
        foreach (var frontEnd in server.FrontEnds) Console.Out.WriteLine($"ready {frontEnd.Scheme}://{frontEnd.Address}");
        if (!Console.IsOutputRedirected) Welcome.Write(Console.Out, server, first);

        await _stop.Task;
        var stopped = server.StopAsync();
        if (await Task.WhenAny(stopped, _abort.Task) == stopped) return 0;
        Console.Error.WriteLine("argosy: stopped at once; connections were cut");
        Environment.Exit(1); // Not even the drain's own end is waited for. What was acknowledged is on disk.
        return 1;
    }

    // False as soon as the terminal has gone, which Console does not notice (isatty(3)).
    private static bool IsAtTerminal => !OperatingSystem.IsWindows() && IsTerminal(descriptor: 0) == 1;

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);

    // The first signal drains, a second one ends everything.
    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        var now = Environment.TickCount64;
        if (Interlocked.CompareExchange(ref _stopped, now, 0) is var first && first == 0) _stop.TrySetResult();
        else if (now - first > Twice) _abort.TrySetResult();
    }

    private CommandException NoAccounts() => new(
        $"there are no accounts yet, so nobody could log in. Add one with: {Invocation.Program} user add NAME{Invocation.DataOption(options)}   "
        + "(or let anybody in with --anonymous ro|rw|drop)",
        exitCode: 2);
}
