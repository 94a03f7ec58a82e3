using System.Text;
using Argosy.Client;

namespace Argosy.Cli;

/// <summary>
/// The words of the command line as their bytes. The runtime makes text of them, and each byte that is no UTF-8 becomes the same sign: what was typed
/// is lost. The kernel has kept it (proc_pid_cmdline(5)).
/// </summary>
internal static class ArgumentBytes
{
    private const string Source = "/proc/self/cmdline";
    private const char Lost = '\ufffd';

    /// <summary>The same words; where bytes were lost, each that is no UTF-8 as one character (<see cref="ByteText"/>).</summary>
    public static string[] Restore(string[] words)
    {
        if (!OperatingSystem.IsLinux() || !words.Any(word => word.Contains(Lost, StringComparison.Ordinal)))
            return words;
        try
        {
            return Restore(words, File.ReadAllBytes(Source));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return words;
        }
    }

    /// <param name="words">As the runtime has them.</param>
    /// <param name="line">All words of the process, each with a zero behind it: the program's come last.</param>
    public static string[] Restore(string[] words, ReadOnlySpan<byte> line)
    {
        var all = new List<string>();
        while (line.IndexOf((byte)0) is >= 0 and var end)
        {
            all.Add(ByteText.OfBytes(line[..end]));
            line = line[(end + 1)..];
        }

        // They are the same words, or else somebody has changed them since.
        var own = all.Skip(all.Count - words.Length).ToArray();
        return own.Select(Lossy).SequenceEqual(words) ? own : words;
    }

    private static string Lossy(string word) => Encoding.UTF8.GetString(ByteText.ToBytes(word));
}
