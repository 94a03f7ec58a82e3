namespace Argosy.Client;

/// <summary>The server understood and said no. The session lives on unless the error is about the session. Exit code 1.</summary>
public sealed class RefusedException : ClientException
{
    internal RefusedException(string error, string message)
        : base(message, null) => Error = error;

    /// <summary>One of the names of protocol section 5, such as <c>not-found</c> or <c>over-quota</c>; escaped, may be one that this client does not know.</summary>
    public string Error { get; }

    /// <inheritdoc/>
    public override int ExitCode => 1;
}
