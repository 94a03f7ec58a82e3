using System.Text;

namespace Argosy.Sockets.Tests;

internal delegate void DataCallback(ScriptedProtocol protocol, ReadOnlySpan<byte> data);

/// <summary>A protocol of delegates.</summary>
internal sealed class ScriptedProtocol : Protocol
{
    public Action<ScriptedProtocol>? OnMade { get; init; }

    public DataCallback? OnData { get; init; }

    public Action<ScriptedProtocol>? OnInputEnded { get; init; }

    public Action<ScriptedProtocol>? OnStopping { get; init; }

    public Action<ScriptedProtocol, Exception?>? OnLost { get; init; }

    public void Write(string text) => Transport.Write(Encoding.UTF8.GetBytes(text));

    public DelayedCall Later(TimeSpan delay, Action call) => CallLater(delay, call);

    protected internal override void ConnectionMade() => OnMade?.Invoke(this);

    protected internal override void DataReceived(ReadOnlySpan<byte> data) => OnData?.Invoke(this, data);

    protected internal override void ConnectionLost(Exception? reason) => OnLost?.Invoke(this, reason);

    protected internal override void InputEnded()
    {
        if (OnInputEnded is null) base.InputEnded();
        else OnInputEnded(this);
    }

    protected internal override void Stopping()
    {
        if (OnStopping is null) base.Stopping();
        else OnStopping(this);
    }
}
