using Argosy.Cli.Messages;

namespace Argosy.Cli.Output;

/// <summary>Standard output takes nothing: nobody's mistake but the disk's, or whoever was to read it has gone.</summary>
/// <param name="error">The system's number for it (errno(3)).</param>
internal sealed class OutputException(int error) : IOException(OutputText.CannotWrite(error))
{
    /// <summary>True where its reader has gone: there is nobody to tell.</summary>
    public bool IsUnread => error == Errno.BrokenPipe;
}
