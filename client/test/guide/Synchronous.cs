namespace Argosy.Client.Tests.Guide;

/// <summary>Progress that is told at once, where it happens; the framework's <see cref="Progress{T}"/> tells it later, and elsewhere.</summary>
internal sealed class Synchronous<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}
