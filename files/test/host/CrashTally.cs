using System.Diagnostics;

namespace Argosy.Files.TestHost;

/// <summary>Dies between intent and step, or between step and settlement.</summary>
internal sealed class CrashTally(ITally inner, string point) : ITally
{
    public static void Die()
    {
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    public void Begin(Usage change, ReadOnlySpan<byte> mark)
    {
        inner.Begin(change, mark);
        DieAt("begun");
    }

    public void Dispose() => inner.Dispose();

    public void Complete()
    {
        DieAt("stepped");
        inner.Complete();
    }

    public void Complete(Usage change)
    {
        DieAt("stepped");
        inner.Complete(change);
    }

    private void DieAt(string here)
    {
        if (point == here)
        {
            Die();
        }
    }
}
