using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client;

/// <summary>A connection after the handshake of TLS, before anybody has decided whether its server is the one meant.</summary>
/// <param name="Stream">Encrypted; owns the socket.</param>
/// <param name="Certificate">What the server has shown; null for nothing.</param>
/// <param name="Problems">What the system thinks of it.</param>
internal sealed record Secured(Stream Stream, X509Certificate2? Certificate, SslPolicyErrors Problems);
