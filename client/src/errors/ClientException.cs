namespace Argosy.Client;

/// <summary>
/// What can go wrong with a server, in four kinds. Messages are sentences for people, say what to do next, and are safe to
/// show: whatever came from the server is escaped. Each kind has its exit code in the <c>argosy</c> command.
/// </summary>
public abstract class ClientException : Exception
{
    private protected ClientException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>The exit code of a command that ends this way: 1 refused, 3 not reachable, 4 not verified or not trusted.</summary>
    public abstract int ExitCode { get; }
}
