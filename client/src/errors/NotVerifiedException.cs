namespace Argosy.Client;

/// <summary>
/// Something that arrived is not what was sent, or nobody can tell: a wrong checksum or seal, a broken frame, a size that is
/// not so, a transfer that stopped in the middle. Nothing of it was kept. Exit code 4.
/// </summary>
public sealed class NotVerifiedException : ClientException
{
    internal NotVerifiedException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <inheritdoc/>
    public override int ExitCode => 4;
}
