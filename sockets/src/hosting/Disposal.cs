namespace Argosy.Sockets;

/// <summary>Handlers are made outside of their scope's services, so the scope does not dispose them.</summary>
internal static class Disposal
{
    internal static async ValueTask OfAsync(object? handler)
    {
        if (handler is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
        else (handler as IDisposable)?.Dispose();
    }
}
