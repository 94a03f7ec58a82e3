using Argosy.Cli.Output;
using Argosy.Server;

namespace Argosy.Cli.Hosting;

/// <summary>
/// <c>argosy worker</c>: what a server whose model has worker processes starts. It is in no help and comes before anything of <c>serve</c>: all that
/// it needs it is told by its parent.
/// </summary>
internal static class WorkerVerb
{
    public const string Name = "worker";

    /// <summary>This program with that verb.</summary>
    public static IReadOnlyList<string> Command => OwnProgram.With(Name);

    public static Task<int> RunAsync()
    {
        if (!ServerWorker.IsNeeded)
            throw new CommandException("\"worker\" is what a server starts for itself (serve --model process); there is nothing to run by hand", exitCode: 2);
        StandardStreams.LoseWhatCannotBeWritten();
        return ServerWorker.RunAsync();
    }
}
