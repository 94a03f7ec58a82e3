namespace Argosy.Sockets;

/// <summary>
/// How the models <c>process</c> and <c>prefork</c> start a worker process. The runtime cannot fork, so a worker is a program started
/// afresh: by default this program's own command line again.
/// </summary>
/// <remarks>
/// In a worker the program runs from its beginning until it starts its server: what comes before that line happens in every worker. Keep
/// it free of side effects, ask <see cref="WorkerProcess.IsWorker"/>, or give workers a command of their own that calls
/// <see cref="WorkerProcess"/> at once. A worker shares standard output and error; its standard input is empty.
/// </remarks>
public sealed record WorkerCommand
{
    /// <summary>
    /// This command line again, whether the program was started by its own executable or by <c>dotnet program.dll</c>. Never use it
    /// where the program is a test runner or another that does much before its server starts.
    /// </summary>
    public static WorkerCommand Self => SelfCommand.Read();

    /// <summary>The program: a path, or a name to look for in PATH.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments, each passed on as it is; no shell sees them. Every user of the machine can read them: no secrets here.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables that differ from this process's environment; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>
    /// What the worker is to know, in the program's own format: it reaches <see cref="WorkerJob.Configuration"/> through the inherited
    /// channel, never through arguments or the environment, so it may hold secrets. At most 64 MiB.
    /// </summary>
    public ReadOnlyMemory<byte> Configuration { get; init; }

    /// <summary>How long a worker may take from its start until it can serve. One that takes longer is killed and counts as failed.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', [Program, .. Arguments]);
}
