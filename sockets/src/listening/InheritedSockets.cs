using System.Globalization;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>
/// The sockets that a process was started with, by the protocol of sd_listen_fds(3): systemd's socket units, systemd-socket-activate,
/// and others that follow it. The service manager holds them as well, so clients wait in their backlogs while the service restarts.
/// </summary>
public sealed class InheritedSockets : IDisposable
{
    private const int First = 3; // SD_LISTEN_FDS_START
    private const string ProcessVariable = "LISTEN_PID", CountVariable = "LISTEN_FDS", NamesVariable = "LISTEN_FDNAMES";
    private const string Unnamed = "unknown"; // what sd_listen_fds_with_names(3) calls them

    private static readonly string[] Variables = [ProcessVariable, CountVariable, NamesVariable, "LISTEN_PIDFDID"];

    internal InheritedSockets(IReadOnlyList<InheritedSocket> all) => All = all;

    /// <summary>Every socket, in the order in which it was given.</summary>
    public IReadOnlyList<InheritedSocket> All { get; }

    /// <summary>Those that listen for connections: for <see cref="StreamServerOptions.Inherited"/>.</summary>
    public IReadOnlyList<InheritedSocket> Streams => [.. All.Where(socket => socket.Type == SocketType.Stream)];

    /// <summary>Those that receive datagrams: for <see cref="DatagramServerOptions.Inherited"/>.</summary>
    public IReadOnlyList<InheritedSocket> Datagrams => [.. All.Where(socket => socket.Type == SocketType.Dgram)];

    /// <summary>Those of that name; several may share one.</summary>
    public InheritedSockets Named(string name) => new([.. All.Where(socket => socket.Name == name)]);

    /// <summary>
    /// Takes the sockets that this process was started with; none where it was not, or where they were meant for another process
    /// (LISTEN_PID). The variables are removed, so that no child takes them for its own and a second call finds nothing. Call it early,
    /// before anything starts a process.
    /// </summary>
    /// <exception cref="ConnectionException">The variables contradict themselves, or a descriptor is nothing that a server could use: the
    /// message says which and why.</exception>
    public static InheritedSockets Take() => Take(Environment.GetEnvironmentVariable, First);

    /// <summary>As <see cref="Take()"/>, of other variables and from another first descriptor.</summary>
    internal static InheritedSockets Take(Func<string, string?> variable, int first)
    {
        var (process, count, names) = (variable(ProcessVariable), variable(CountVariable), variable(NamesVariable));
        foreach (var name in Variables) Environment.SetEnvironmentVariable(name, null);
        var isOurs = process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return new InheritedSockets(isOurs && count is not null ? Open(first, Number(count), names) : []);
    }

    /// <summary>Closes those that no server has taken.</summary>
    public void Dispose()
    {
        foreach (var socket in All) socket.Dispose();
    }

    private static List<InheritedSocket> Open(int first, int count, string? names)
    {
        var each = string.IsNullOrEmpty(names) ? [.. Enumerable.Repeat(Unnamed, count)] : names.Split(':');
        if (each.Length != count) throw Contradiction($"{CountVariable} is {count}, but {NamesVariable} has {each.Length} names ('{names}').");
        var sockets = new List<InheritedSocket>();
        for (var i = 0; i < count; i++) sockets.Add(InheritedSocket.From(first + i, each[i], ownsFile: false));
        return sockets;
    }

    private static int Number(string count) =>
        ushort.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Contradiction($"{CountVariable} is '{count}', which is no number of descriptors.");

    private static ConnectionException Contradiction(string what) => new(ConnectionError.Failed, $"Inherited sockets: {what}");
}
