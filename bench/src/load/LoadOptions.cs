using System.Globalization;
using System.Net;

namespace Argosy.Bench;

/// <summary>What a load does.</summary>
public enum LoadKind
{
    /// <summary>Round trips on connections that stay.</summary>
    Echo,

    /// <summary>Connect, one round trip, close; so many at a time.</summary>
    Visits,

    /// <summary>Connect, fetch the file, close; so many at a time.</summary>
    Download,

    /// <summary>Connections that do nothing after one round trip, until standard input ends.</summary>
    Idle,
}

/// <summary>One client that behaves badly beside the measured ones.</summary>
public enum Bully
{
    /// <summary>None.</summary>
    None,

    /// <summary>It has the server work 10 ms on each of its messages.</summary>
    Cpu,

    /// <summary>It sends as much as it can and reads nothing.</summary>
    Slow,
}

/// <summary>One load on one server.</summary>
public sealed record LoadOptions
{
    /// <summary>What it does.</summary>
    public required LoadKind Kind { get; init; }

    /// <summary>The server: IPv4.</summary>
    public required IPEndPoint To { get; init; }

    /// <summary>How many connections at once.</summary>
    public required int Connections { get; init; }

    /// <summary>How long it measures, after a fifth of that for warming up.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Who disturbs it.</summary>
    public Bully Bully { get; init; }

    /// <summary>The arguments that make a load program do this: <c>argosy bench load</c> and benchmarks/load/echo_load.c take the same.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        Kind.ToString().ToLowerInvariant(),
        "--to", To.ToString(),
        "--connections", Connections.ToString(CultureInfo.InvariantCulture),
        "--seconds", Time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        .. Bully == Bully.None ? (string[])[] : ["--bully", Bully.ToString().ToLowerInvariant()],
        .. Kind == LoadKind.Download ? (string[])["--bytes", BenchProtocol.FileBytes.ToString(CultureInfo.InvariantCulture)] : [],
    ];
}
