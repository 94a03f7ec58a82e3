using System.Runtime.InteropServices;

namespace Argosy.Cli.Output;

/// <summary>Waits until descriptors can be read or written (poll(2)).</summary>
internal static partial class Readiness
{
    /// <summary>POLLIN.</summary>
    public const short Readable = 1;

    /// <summary>POLLOUT.</summary>
    public const short Writable = 4;

    /// <summary>Waits for one, however long it takes; a signal may end the wait.</summary>
    public static void Wait(int descriptor, short events)
    {
        Watched[] watched = [new() { Descriptor = descriptor, Events = events }];
        _ = Poll(watched, 1, -1);
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll([In, Out] Watched[] watched, nuint count, int patience);

    /// <summary>struct pollfd (poll(2)).</summary>
    public struct Watched
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
