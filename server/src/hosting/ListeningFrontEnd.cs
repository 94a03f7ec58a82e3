using System.Net;

namespace Argosy.Server;

/// <summary>A front end that listens.</summary>
/// <param name="Scheme">The scheme of its URLs.</param>
/// <param name="Address">Where it listens, with the real port.</param>
public sealed record ListeningFrontEnd(string Scheme, IPEndPoint Address);
