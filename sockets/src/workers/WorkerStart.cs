using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Argosy.Sockets;

/// <summary>Starts worker processes. Nothing else in this room starts a process.</summary>
internal static class WorkerStart
{
    /// <summary>The variable that tells a worker which descriptor its channel is.</summary>
    internal const string ChannelVariable = "ARGOSY_WORKER_CHANNEL";

    private const int SetDescriptorFlags = 2; // F_SETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC

    /// <summary>While a worker's end of a channel may be inherited, no other worker may be started: it would keep that end open.</summary>
    private static readonly Lock Starting = new();

    /// <summary>
    /// Starts the program with one end of a new channel. Only <see cref="Process"/> spawns and reaps: the runtime owns SIGCHLD, and a wait of
    /// our own would steal a child from it.
    /// </summary>
    /// <exception cref="WorkerStartException">There is no such program, or no room for another process.</exception>
    internal static (Process Process, WorkerChannel Channel) Start(WorkerCommand command)
    {
        WorkerChannel? channel = null;
        try
        {
            (channel, var inherited) = WorkerChannel.Pair();
            using (inherited)
                return (StartInheriting(command, inherited), channel);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            channel?.Dispose();
            throw new WorkerStartException($"Cannot start a worker process with '{command}': {e.Message}", e);
        }
    }

    private static Process StartInheriting(WorkerCommand command, DescriptorHandle channel)
    {
        lock (Starting)
        {
            _ = Libc.Control(channel, SetDescriptorFlags, 0);
            try
            {
                return Start(command, (int)channel.DangerousGetHandle());
            }
            finally
            {
                _ = Libc.Control(channel, SetDescriptorFlags, CloseOnExec);
            }
        }
    }

    private static Process Start(WorkerCommand command, int channel)
    {
        // The worker's standard input is empty: it must not take what is typed for the parent.
        var start = new ProcessStartInfo(command.Program, command.Arguments) { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var (name, value) in command.Environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        start.Environment[ChannelVariable] = channel.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
