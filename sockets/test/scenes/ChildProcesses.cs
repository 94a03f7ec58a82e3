using System.Globalization;

namespace Argosy.Sockets.Tests;

/// <summary>The child processes of a process, as the kernel tells (proc(5)).</summary>
internal static class ChildProcesses
{
    public static IReadOnlyList<Child> Of(int parent)
    {
        var children = new List<Child>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is { } child && child.Parent == parent)
                children.Add(child);
        }

        return children;
    }

    /// <summary>True while the process runs; false once it has ended, reaped or not.</summary>
    public static bool Lives(int id) => Read(id) is { IsZombie: false };

    private static Child? Read(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new Child(id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0] is "Z" or "X");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended between our look and the read
        }
    }

    internal sealed record Child(int Id, int Parent, bool IsZombie)
    {
        public int Descriptors => Directory.GetFiles($"/proc/{Id}/fd").Length;

        public int Threads => Directory.GetDirectories($"/proc/{Id}/task").Length;
    }
}
