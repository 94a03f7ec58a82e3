using Argosy.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Server;

/// <summary>
/// A process that serves connections for a <see cref="FileTransferServer"/> in its parent, where the model is one of worker processes. A program
/// whose server may run under such a model asks <see cref="IsNeeded"/> first thing and does nothing else then: the parent has taken the data
/// folder, made what was missing, bound the ports and given up root's rights.
/// </summary>
public static class ServerWorker
{
    /// <summary>What the parent says when it has read accounts and certificate again.</summary>
    internal static ReadOnlySpan<byte> ReloadMessage => "reload"u8;

    /// <summary>True in a process that was started as a worker.</summary>
    public static bool IsNeeded => WorkerProcess.IsWorker;

    /// <summary>Serves until the parent has no more work or is gone. What keeps it from serving reaches the parent as the reason of its own failure.</summary>
    /// <returns>The process's exit code.</returns>
    /// <exception cref="InvalidOperationException">This process was not started as a worker.</exception>
    public static async Task<int> RunAsync()
    {
        ILoggerFactory? logs = null;
        ServerMember? member = null;
        try
        {
            return await WorkerProcess.RunAsync(job =>
            {
                var (options, name) = WorkerConfiguration.Read(job.Configuration.Span);
                logs = ServerLog.Create(options.Verbose);
                member = new ServerMember(options, logs, isOwner: false);
                member.OpenFiles();
                WorkerProcess.MessageReceived += message => Obey(message, member);
                var frontEnd = PartsCatalog.FrontEnds.Single(frontEnd => frontEnd.Name == name);
                return ValueTask.FromResult(new WorkerService(member.Handlers(frontEnd))
                {
                    Verify = member.Verify,
                    Logger = frontEnd.Logger(logs),
                });
            });
        }
        finally
        {
            if (member is not null) await member.DisposeAsync();
            logs?.Dispose();
        }
    }

    private static void Obey(ReadOnlyMemory<byte> message, ServerMember member)
    {
        if (message.Span.SequenceEqual(ReloadMessage)) member.Reload();
    }
}
