using System.Globalization;

namespace Argosy.Bench;

/// <summary>What a process and all that it started hold in memory (proc(5)).</summary>
internal static class ProcessMemory
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private const int LooksAtMost = 30;

    /// <summary>Bytes, each shared page counted in shares (Pss), once they have stopped to change.</summary>
    public static async Task<long> SettledAsync(int process, CancellationToken cancellation)
    {
        var last = Of(process);
        for (var look = 0; look < LooksAtMost; look++)
        {
            await Task.Delay(Pause, cancellation);
            var now = Of(process);
            if (Math.Abs(now - last) < last / 200) return now;
            last = now;
        }

        return last;
    }

    private static long Of(int process) => Tree(process).Sum(Proportional);

    private static long Proportional(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/smaps_rollup").FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // it has ended meanwhile
        }
    }

    private static List<int> Tree(int root)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
            .Where(id => id > 0)
            .ToLookup(ParentOf);
        List<int> tree = [root];
        for (var i = 0; i < tree.Count; i++) tree.AddRange(children[tree[i]]);
        return tree;
    }

    // "pid (name) state ppid": the name may hold anything, so the last parenthesis counts.
    private static int ParentOf(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
