namespace Argosy.Cli.Messages;

/// <summary>Numbers of the system's errors (errno(3), Linux on all that .NET runs on).</summary>
internal static class Errno
{
    public const int NotFound = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int BadDescriptor = 9;
    public const int WouldBlock = 11;
    public const int NoAccess = 13;
    public const int BrokenPipe = 32;
    public const int NameTooLong = 36;
}
