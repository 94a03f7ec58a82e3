using System.Runtime.InteropServices;

namespace Argosy.Examples;

/// <summary>SIGTERM or Ctrl-C: the wish that the example ends.</summary>
internal static class Stop
{
    private static readonly CancellationTokenSource Wish = new();
    private static readonly IDisposable[] Signals = [On(PosixSignal.SIGTERM), On(PosixSignal.SIGINT)];

    /// <summary>Fires once the signal has come.</summary>
    public static CancellationToken Token => Wish.Token;

    /// <summary>True once the signal has come.</summary>
    public static bool IsWished => Token.IsCancellationRequested;

    /// <summary>From here on the signals are wishes; before, they end the process.</summary>
    public static void Heed() => GC.KeepAlive(Signals); // named, so that it has been made

    /// <summary>Waits for the signal.</summary>
    public static Task WaitAsync() => Task.Delay(Timeout.Infinite, Token).ContinueWith(static _ => { }, TaskScheduler.Default);

    private static PosixSignalRegistration On(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true; // the default would end the process at once
        Wish.Cancel();
    });
}
