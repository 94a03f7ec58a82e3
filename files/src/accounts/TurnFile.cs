using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>A file that one process at a time holds.</summary>
internal static class TurnFile
{
    private const int Pause = 5; // Milliseconds.

    /// <summary>Takes it, making it where it is missing; null where another has held it for as long as that. It goes with its holder.</summary>
    /// <exception cref="IOException">It cannot be opened, or something else lies there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    internal static IDisposable? Take(string path, TimeSpan patience) =>
        OperatingSystem.IsLinux() ? Wait(OpenLocked, path, patience) : Wait(OpenUnshared, path, patience);

    private static IDisposable? Wait(Func<string, IDisposable?> tryTake, string path, TimeSpan patience)
    {
        for (var since = Environment.TickCount64; ;)
        {
            if (tryTake(path) is { } taken) return taken;
            if (Environment.TickCount64 - since > patience.TotalMilliseconds) return null;

            Thread.Sleep(Pause);
        }
    }

    private static SafeFileHandle? OpenLocked(string path)
    {
        var file = OwnFile.Open(path, Kernel.ReadWrite | Kernel.Create)!;
        using (var lent = Descriptor.Lend(file))
        {
            if (Kernel.TryLock(lent.Number) >= 0)
            {
                DurableFile.GiveToFolder(lent.Number, path);
                return file;
            }
        }

        file.Dispose();
        return null;
    }

    private static FileStream? OpenUnshared(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException)
        {
            return null;
        }
    }
}
