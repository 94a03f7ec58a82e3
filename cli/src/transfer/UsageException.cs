namespace Argosy.Cli.Transfer;

/// <summary>The words of the command line do not go together: exit code 2.</summary>
/// <param name="message">What to write instead.</param>
internal sealed class UsageException(string message) : Exception(message);
