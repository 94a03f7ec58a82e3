using System.Globalization;

namespace Argosy.Cli.Tests;

/// <summary>What /proc tells of processes and of the sockets that they hold (proc(5)).</summary>
internal static class ProcessTree
{
    /// <summary>The processes that a process has started and not yet waited for, zombies among them.</summary>
    public static IReadOnlyList<int> ChildrenOf(int parent) =>
        [.. All().Where(each => each.Parent == parent).Select(each => each.Id)];

    /// <summary>Those of them that have ended and were not waited for.</summary>
    public static IReadOnlyList<int> ZombiesOf(int parent) =>
        [.. All().Where(each => each.Parent == parent && each.State == 'Z').Select(each => each.Id)];

    /// <summary>True where a process of that number runs.</summary>
    public static bool Runs(int id) => All().Any(each => each.Id == id && each.State != 'Z');

    /// <summary>True where it has a handler for the signal (proc_pid_status(5), SigCgt).</summary>
    public static bool Catches(int id, int signal)
    {
        var caught = File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("SigCgt:", StringComparison.Ordinal))["SigCgt:".Length..];
        return (ulong.Parse(caught.AsSpan().Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) != 0;
    }

    /// <summary>Which of a server's worker processes holds the other end of the connection that <paramref name="client"/> has to it; null while none does.</summary>
    public static int? WorkerOf(int server, int port, int client)
    {
        var rows = Connections();
        var clients = SocketsOf(client);
        var ports = rows.Where(row => row.RemotePort == port && clients.Contains(row.Inode)).Select(row => row.LocalPort).ToList();
        return WorkerOf(server, rows.Where(row => row.LocalPort == port && ports.Contains(row.RemotePort)));
    }

    /// <summary>The same for a connection of this process, by its own port.</summary>
    public static int? WorkerOfPort(int server, int port, int clientPort) =>
        WorkerOf(server, Connections().Where(row => row.LocalPort == port && row.RemotePort == clientPort));

    private static int? WorkerOf(int server, IEnumerable<(int LocalPort, int RemotePort, string Inode)> rows)
    {
        var inodes = rows.Select(row => row.Inode).ToHashSet();
        var holders = ChildrenOf(server).Where(worker => SocketsOf(worker).Overlaps(inodes)).ToList();
        return holders.Count == 1 ? holders[0] : null;
    }

    private static List<(int LocalPort, int RemotePort, string Inode)> Connections() =>
    [
        .. File.ReadLines("/proc/net/tcp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(fields => (Port(fields[1]), Port(fields[2]), fields[9])),
    ];

    private static int Port(string address) => int.Parse(address.AsSpan(address.IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static HashSet<string> SocketsOf(int process)
    {
        try
        {
            return
            [
                .. new DirectoryInfo($"/proc/{process}/fd").GetFileSystemInfos()
                    .Select(entry => entry.LinkTarget)
                    .OfType<string>()
                    .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
                    .Select(target => target["socket:[".Length..^1]),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return []; // It ended meanwhile.
        }
    }

    private static IEnumerable<(int Id, int Parent, char State)> All()
    {
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id)) continue;
            string text;
            try
            {
                text = File.ReadAllText($"{folder}/stat");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            // The command in parentheses may hold spaces and parentheses: count from the last one.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            yield return (id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0][0]);
        }
    }
}
