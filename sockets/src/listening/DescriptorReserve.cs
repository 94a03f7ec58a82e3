using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// The last descriptors of the process, which no client gets. The runtime opens a pipe for every thread that it starts, and a thread of its
/// pool for which there is none ends the process (an OutOfMemoryException that nobody can catch): clients are refused before that.
/// </summary>
internal static class DescriptorReserve
{
    private const ulong Most = 64;
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE

    /// <summary>What a server needs for clients, and what the program opens when it first serves one, to be of any use.</summary>
    private const ulong LeastForClients = 32;

    /// <summary>
    /// True for one of the last 64, or of the last quarter where the limit is below 256. The kernel always gives the lowest number that is
    /// free (open(2)), so all below it are taken. The limit may change while we run (prlimit(1)).
    /// </summary>
    internal static bool Holds(int descriptor) =>
        OperatingSystem.IsLinux() && Libc.GetLimit(NumberOfFiles, out var limit) == 0 && (ulong)descriptor >= EndOf(limit.Soft);

    /// <summary>For a server that has just started: better no server than one that says it is ready and then refuses everybody.</summary>
    /// <param name="open">Any open descriptor.</param>
    /// <exception cref="ConnectionException">The process may not open enough descriptors to serve anybody; the message says how many it needs.</exception>
    internal static void ThrowIfNoneForClients(SafeHandle open)
    {
        if (!OperatingSystem.IsLinux() || Libc.GetLimit(NumberOfFiles, out var limit) != 0) return;
        using var probe = new DescriptorHandle(NativeSocket.Duplicate(open)); // the lowest number that is free
        var inUse = probe.IsInvalid ? limit.Soft : (ulong)probe.DangerousGetHandle();
        if (inUse + LeastForClients <= EndOf(limit.Soft)) return;
        throw new ConnectionException(
            ConnectionError.OutOfResources,
            $"This process may open {limit.Soft} descriptors and uses about {inUse} before it has served anybody, so that none would be left for clients. "
            + $"Raise the limit to {Needed(inUse)} at least, or to many more for many clients (ulimit -n, LimitNOFILE=).");
    }

    private static ulong EndOf(ulong limit) => limit - Math.Min(Most, limit / 4);

    private static ulong Needed(ulong inUse)
    {
        const ulong step = 64;
        var needed = step;
        while (EndOf(needed) < inUse + LeastForClients) needed += step;
        return needed;
    }
}
