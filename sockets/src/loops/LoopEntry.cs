using System.Runtime.CompilerServices;

namespace Argosy.Sockets;

/// <summary>Awaited, it continues on the loop: at once where the caller is there already.</summary>
internal readonly struct LoopEntry(EventLoop loop) : ICriticalNotifyCompletion
{
    public bool IsCompleted => loop.IsCurrent;

    public LoopEntry GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => loop.Post(static continuation => ((Action)continuation!)(), continuation);
}
