using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Argosy.Sockets;

/// <summary>Stream servers in a Generic Host.</summary>
public static class StreamServerServices
{
    /// <summary>
    /// Adds a server that starts and drains with the host. Each connection gets a scope of services and a handler made with them; both are
    /// disposed after the handler has finished. The server itself is a service too: <c>GetRequiredKeyedService&lt;StreamServer&gt;(name)</c> tells its
    /// addresses.
    /// </summary>
    /// <typeparam name="THandler">The handler; its constructor may ask for services.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">From options that listen nowhere yet:
    /// <c>options => options.With(configuration.GetSection("Echo"))</c>, or <c>options => options with { ListenOn = [...] }</c>.</param>
    /// <param name="name">Tells several servers apart, also in the log. Null: the handler's name.</param>
    public static IServiceCollection AddStreamServer<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, Func<StreamServerOptions, StreamServerOptions> configure, string? name = null)
        where THandler : ConnectionHandler
    {
        var create = ActivatorUtilities.CreateFactory<THandler>([]);
        return Add(services, configure, name ?? typeof(THandler).Name, scoped => create(scoped, []));
    }

    /// <summary>As <see cref="AddStreamServer{THandler}"/>, with a method that serves each connection and may ask the connection's scope for services.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">From options that listen nowhere yet.</param>
    /// <param name="handle">Serves a connection.</param>
    /// <param name="name">Tells several servers apart, also in the log.</param>
    public static IServiceCollection AddStreamServer(
        this IServiceCollection services, Func<StreamServerOptions, StreamServerOptions> configure,
        Func<HandlerContext, IServiceProvider, ValueTask> handle, string name = "stream") =>
        Add(services, configure, name, scoped => new DelegateHandler(handle, scoped));

    private static IServiceCollection Add(
        IServiceCollection services, Func<StreamServerOptions, StreamServerOptions> configure, string name, Func<IServiceProvider, ConnectionHandler> create)
    {
        HostedServers.ThrowIfTaken<StreamServer>(services, name);
        services.AddKeyedSingleton(name, (provider, _) =>
        {
            var options = configure(new StreamServerOptions { ListenOn = [] });
            if (options.ListenOn.Count + options.Inherited.Count == 0) throw HostedServers.ListensNowhere(name);
            var scopes = provider.GetRequiredService<IServiceScopeFactory>();
            return new StreamServer(options, () => new ScopedConnectionHandler(scopes, create), HostedServers.LoggerFor(provider, name));
        });
        return services.AddSingleton<IHostedService>(provider => new HostedServer(provider.GetRequiredKeyedService<StreamServer>(name)));
    }

    private sealed class DelegateHandler(Func<HandlerContext, IServiceProvider, ValueTask> handle, IServiceProvider scoped) : ConnectionHandler
    {
        public override ValueTask HandleAsync() => handle(Context, scoped);
    }
}
