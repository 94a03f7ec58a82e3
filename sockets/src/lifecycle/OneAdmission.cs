namespace Argosy.Sockets;

/// <summary>Lets a dispatcher take one connection and tells what became of it.</summary>
internal sealed class OneAdmission
{
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<OneConnection> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True once the one has been accepted: nothing further is.</summary>
    internal bool IsOver => _accepted.Task.IsCompleted;

    internal Task Accepted => _accepted.Task;

    internal Task<OneConnection> Ended => _ended.Task;

    internal void OnAccepted() => _accepted.TrySetResult();

    internal void OnRefused() => _ended.TrySetResult(OneConnection.Refused);

    internal void OnServed() => _ended.TrySetResult(OneConnection.Served); // after a refusal the first word stands
}
