using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Argosy.Sockets;

/// <summary>Datagram servers in a Generic Host.</summary>
public static class DatagramServerServices
{
    /// <summary>
    /// Adds a server that starts and drains with the host. Each datagram gets a scope of services and a handler made with them; both are
    /// disposed when it is handled. The server itself is a service too: <c>GetRequiredKeyedService&lt;DatagramServer&gt;(name)</c> tells its addresses.
    /// </summary>
    /// <typeparam name="THandler">The handler; its constructor may ask for services.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">From options that receive nowhere yet:
    /// <c>options => options.With(configuration.GetSection("Time"))</c>, or <c>options => options with { ListenOn = [...] }</c>.</param>
    /// <param name="name">Tells several servers apart, also in the log. Null: the handler's name.</param>
    public static IServiceCollection AddDatagramServer<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, Func<DatagramServerOptions, DatagramServerOptions> configure, string? name = null)
        where THandler : DatagramHandler
    {
        var key = name ?? typeof(THandler).Name;
        var create = ActivatorUtilities.CreateFactory<THandler>([]);
        HostedServers.ThrowIfTaken<DatagramServer>(services, key);
        services.AddKeyedSingleton(key, (provider, _) =>
        {
            var options = configure(new DatagramServerOptions { ListenOn = [] });
            if (options.ListenOn.Count + options.Inherited.Count == 0) throw HostedServers.ListensNowhere(key);
            var scopes = provider.GetRequiredService<IServiceScopeFactory>();
            return new DatagramServer(options, context => HandleAsync(scopes, create, context), HostedServers.LoggerFor(provider, key));
        });
        return services.AddSingleton<IHostedService>(provider => new HostedServer(provider.GetRequiredKeyedService<DatagramServer>(key)));
    }

    private static async ValueTask HandleAsync<THandler>(IServiceScopeFactory scopes, ObjectFactory<THandler> create, DatagramContext context)
        where THandler : DatagramHandler
    {
        await using var scope = scopes.CreateAsyncScope();
        var handler = create(scope.ServiceProvider, []);
        try
        {
            handler.Context = context;
            await handler.HandleAsync();
        }
        finally
        {
            await Disposal.OfAsync(handler);
        }
    }
}
