using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Sockets;

/// <summary>What hosted stream and datagram servers have in common.</summary>
internal static class HostedServers
{
    internal static void ThrowIfTaken<TServer>(IServiceCollection services, string name)
    {
        if (services.Any(service => service.ServiceType == typeof(TServer) && service.IsKeyedService && Equals(service.ServiceKey, name)))
            throw new ArgumentException($"There is a server '{name}' already; give each a name of its own.", nameof(name));
    }

    internal static InvalidOperationException ListensNowhere(string name) =>
        new($"The server '{name}' has no address: set {nameof(StreamServerOptions.ListenOn)}, such as 127.0.0.1:7373.");

    internal static ILogger LoggerFor(IServiceProvider provider, string name) =>
        provider.GetService<ILoggerFactory>()?.CreateLogger($"Argosy.Sockets.{name}") ?? NullLogger.Instance;
}
