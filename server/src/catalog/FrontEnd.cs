using System.Net;
using Argosy.Files;
using Argosy.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Server;

/// <summary>One way to reach the files.</summary>
/// <param name="Name">Its name, which is its section's in the configuration and its log's.</param>
/// <param name="Scheme">The scheme of its URLs.</param>
/// <param name="Listen">Where the options have it listen; null where they do not want it.</param>
/// <param name="Create">Makes what serves each connection, from the parts that all connections share.</param>
public sealed record FrontEnd(
    string Name,
    string Scheme,
    Func<ServerOptions, IPEndPoint?> Listen,
    Func<FrontEndParts, Func<ConnectionHandler>> Create)
{
    /// <summary>Its log.</summary>
    internal ILogger Logger(ILoggerFactory logs) => logs.CreateLogger($"Argosy.{Name}");
}

/// <summary>What a front end is put together from.</summary>
/// <param name="Options">The server's options.</param>
/// <param name="Files">Logins and files.</param>
/// <param name="Certificates">The server's certificate.</param>
/// <param name="Logs">Where to log.</param>
public sealed record FrontEndParts(ServerOptions Options, FileService Files, CertificateStore Certificates, ILoggerFactory Logs);
