namespace Argosy.Wire;

/// <summary>The login mechanisms' names (RFC 7677, RFC 5802 section 4; RFC 4505).</summary>
public static class ScramMechanism
{
    /// <summary>SCRAM with SHA-256.</summary>
    public const string Plain = "SCRAM-SHA-256";

    /// <summary>SCRAM with SHA-256, bound to the TLS connection by <c>tls-server-end-point</c>.</summary>
    public const string Plus = "SCRAM-SHA-256-PLUS";

    /// <summary>No login at all.</summary>
    public const string Anonymous = "ANONYMOUS";

    internal const string BindingFlag = "p=tls-server-end-point";
}
