using Microsoft.Extensions.DependencyInjection;

namespace Argosy.Sockets;

/// <summary>Gives each connection a scope of services, and disposes it when the connection's handler has finished.</summary>
internal sealed class ScopedConnectionHandler(IServiceScopeFactory scopes, Func<IServiceProvider, ConnectionHandler> create) : ConnectionHandler
{
    private readonly AsyncServiceScope _scope = scopes.CreateAsyncScope();
    private ConnectionHandler? _handler;

    /// <summary>Makes the handler: what its constructor throws, or lacks, is an error of this connection.</summary>
    public override ValueTask SetupAsync()
    {
        _handler = create(_scope.ServiceProvider);
        _handler.Context = Context;
        return _handler.SetupAsync();
    }

    /// <inheritdoc/>
    public override ValueTask HandleAsync() => _handler!.HandleAsync();

    /// <inheritdoc/>
    public override async ValueTask FinishAsync()
    {
        try
        {
            if (_handler is not null) await _handler.FinishAsync();
        }
        finally
        {
            await Disposal.OfAsync(_handler);
            await _scope.DisposeAsync();
        }
    }
}
