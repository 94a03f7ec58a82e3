using System.Net;
using Argosy.Sockets;

namespace Argosy.Native;

/// <summary>
/// Serves one connection of the native protocol (docs/protocol.md): finds out whether it speaks TLS, then runs its
/// session. The same class runs under every concurrency model.
/// </summary>
public sealed class NativeHandler : ConnectionHandler
{
    private readonly NativeFrontEnd _frontEnd;
    private Stranger _stranger = null!;

    internal NativeHandler(NativeFrontEnd frontEnd) => _frontEnd = frontEnd;

    /// <inheritdoc/>
    public override ValueTask SetupAsync()
    {
        _stranger = _frontEnd.Strangers.Welcome(Connection, Context.Logger);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask HandleAsync()
    {
        var transport = new Transport(Connection, _frontEnd.Options, _stranger.IsAdmitted);
        string account = "-";
        string reason;
        try
        {
            reason = "silence";
            if (_frontEnd.Files.IsBanned((Connection.RemoteEndPoint as IPEndPoint)?.Address))
            {
                await Farewell.SayAsync(Connection, Context.Stopping);
                reason = "its address is banned";
            }
            else if (await transport.OpenAsync(Context.Stopping))
            {
                Log.Connected(Context.Logger, Connection.RemoteEndPoint, transport.ChannelBinding is null ? "plain" : "TLS");
                await using var session = new NativeSession(Context, _frontEnd, transport, _stranger);
                reason = await session.RunAsync();
                account = session.Account;
            }

            await transport.Connection.DisposeAsync();
        }
        catch (Exception e) when (e is ConnectionException or TimeoutException or OperationCanceledException)
        {
            // A peer that vanishes, or is too slow to be told so, is its own affair and no error of the server.
            reason = e.Message;
        }

        Log.Closed(Context.Logger, Connection.RemoteEndPoint, account, reason);
    }

    /// <inheritdoc/>
    public override ValueTask FinishAsync()
    {
        _stranger?.Forget();
        return ValueTask.CompletedTask;
    }
}
