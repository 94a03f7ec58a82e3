namespace Argosy.Client;

/// <summary>A file on the server became another while it was fetched: what came may be of two versions, and is not to be used. Exit code 1.</summary>
public sealed class FileChangedException : ClientException
{
    internal FileChangedException(string message)
        : base(message, null)
    {
    }

    /// <inheritdoc/>
    public override int ExitCode => 1;
}
