namespace Argosy.Sockets;

/// <summary>
/// The last descriptors of the process, which no client gets. The runtime opens a pipe for every thread that it starts, and a thread of its
/// pool for which there is none ends the process (an OutOfMemoryException that nobody can catch): clients are refused before that.
/// </summary>
internal static class DescriptorReserve
{
    private const ulong Most = 64;
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE

    /// <summary>
    /// True for one of the last 64, or of the last quarter where the limit is below 256. The kernel always gives the lowest number that is
    /// free (open(2)), so all below it are taken. The limit may change while we run (prlimit(1)).
    /// </summary>
    internal static bool Holds(int descriptor) =>
        OperatingSystem.IsLinux() && Libc.GetLimit(NumberOfFiles, out var limit) == 0 && (ulong)descriptor >= limit.Soft - Math.Min(Most, limit.Soft / 4);
}
