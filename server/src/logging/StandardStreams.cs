using System.Runtime.InteropServices;
using System.Text;

namespace Argosy.Server;

/// <summary>
/// Standard output and error of a server, which needs neither: closed, full or broken, they keep it from nothing. A program that is started with one of
/// them closed has its number on another file soon, of its own or of a client: nothing may be written there.
/// </summary>
public static partial class StandardStreams
{
    private const int Output = 1, Error = 2;
    private const int GetFlags = 1, CloseOnExec = 1; // F_GETFD and FD_CLOEXEC of fcntl(2)

    /// <summary>Takes both in hand, before anything else is opened. What cannot be written is lost from then on.</summary>
    /// <param name="width">How many characters of a line leave in one piece at least.</param>
    public static void Install(int width)
    {
        Console.SetOut(WriterOf(Output, Console.OpenStandardOutput, width));
        Console.SetError(WriterOf(Error, Console.OpenStandardError, width));
    }

    private static TextWriter WriterOf(int descriptor, Func<Stream> open, int width) => IsOurs(descriptor)
        ? TextWriter.Null
        : new StreamWriter(new LossyStream(open()), new UTF8Encoding(false), width) { AutoFlush = true };

    // What was inherited survived exec(2), so it is not marked to be closed by it; what the runtime opened since is. A free number is filled, for good.
    private static bool IsOurs(int descriptor)
    {
        if (!OperatingSystem.IsLinux()) return false;
        var flags = Control(descriptor, GetFlags);
        if (flags >= 0) return (flags & CloseOnExec) != 0;
        while (Open("/dev/null", 1) is var filled and >= 0 && filled < descriptor)
        {
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
