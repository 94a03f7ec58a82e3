namespace Argosy.Client;

/// <summary>No server there, or it went away or fell silent. Trying again later may help. Exit code 3.</summary>
public sealed class NotReachableException : ClientException
{
    internal NotReachableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <inheritdoc/>
    public override int ExitCode => 3;
}
