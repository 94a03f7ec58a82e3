using System.Net.Security;
using System.Text.Json.Serialization;

namespace Argosy.Native;

/// <summary>How the native protocol is served: what is allowed and how patient the server is.</summary>
public sealed record NativeOptions
{
    /// <summary>True serves clients that speak without TLS; false answers them <c>tls-required</c>.</summary>
    public bool AllowPlain { get; init; }

    /// <summary>Gives the certificate for a connection that begins now, so that a renewed one applies at once; null where there is no TLS.</summary>
    [JsonIgnore]
    public Func<SslStreamCertificateContext>? Certificate { get; init; }

    /// <summary>What <c>hello</c> says about this program, as <c>name/version</c>.</summary>
    public string Server { get; init; } = "argosy/" + typeof(NativeOptions).Assembly.GetName().Version?.ToString(3);

    /// <summary>How long TLS and login may take together, from the first moment of the connection.</summary>
    public TimeSpan LoginTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a header may take from its first byte to its last.</summary>
    public TimeSpan FrameTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a body, or a client that does not read, may stand still.</summary>
    public TimeSpan StallTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a session may go without a request.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a refused exact body is discarded before the connection is given up.</summary>
    public TimeSpan DiscardTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many bytes of a refused exact body are discarded before the connection is given up.</summary>
    public long DiscardBytes { get; init; } = 64 << 20;

    /// <summary>How long a lingering close waits for the client to read our last words.</summary>
    public TimeSpan LingerTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many sums and copies of one account, or of visitors from one address, may be under way in one process; more wait. 0 for no limit.</summary>
    public int MaxWork { get; init; } = 8;

    /// <summary>How many connections may be without a login at a time, in all processes of the server together; more are told <c>busy</c>. 0 for no limit.</summary>
    public int MaxUnauthenticated { get; init; } = 500;

    /// <summary>How many of them one IPv4 address or one IPv6 /64 may have, so that nobody keeps all others from logging in. 0 for no limit.</summary>
    public int MaxUnauthenticatedPerAddress { get; init; } = 100;

    /// <summary>How long a connection without a login may be silent before it gives way to another, where all places are taken.</summary>
    internal TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);
}
