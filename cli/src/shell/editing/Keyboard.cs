using System.IO.Pipes;
using System.Runtime.InteropServices;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;

namespace Argosy.Cli.Shell.Editing;

/// <summary>Bytes from standard input, waited for so that the wait can be ended (poll(2)): nobody reads what is meant for the next one.</summary>
internal sealed partial class Keyboard : IDisposable
{
    private readonly AnonymousPipeServerStream _bell = new(PipeDirection.Out);
    private readonly int _wakeUp;
    private readonly byte[] _buffer = new byte[4096];

    public Keyboard() => _wakeUp = (int)_bell.ClientSafePipeHandle.DangerousGetHandle();

    /// <summary>Ends a wait, this one or the next.</summary>
    public void Wake() => _bell.WriteByte(0);

    /// <summary>Waits for bytes.</summary>
    /// <param name="patience">Milliseconds; -1: for ever.</param>
    /// <returns>What came; empty when it was woken or patience ended; null when nothing will come any more.</returns>
    public Task<byte[]?> ReadAsync(int patience) => Task.Run(() => Read(patience));

    public void Dispose()
    {
        _bell.DisposeLocalCopyOfClientHandle();
        _bell.Dispose();
    }

    private byte[]? Read(int patience)
    {
        Readiness.Watched[] watched = [new() { Descriptor = 0, Events = Readiness.Readable }, new() { Descriptor = _wakeUp, Events = Readiness.Readable }];
        if (Readiness.Poll(watched, 2, patience) < 0)
            return Marshal.GetLastPInvokeError() == Errno.Interrupted ? [] : null;
        if (watched[1].Happened != 0)
            _ = Read(_wakeUp, _buffer, _buffer.Length);
        if (watched[0].Happened == 0)
            return [];
        var count = Read(0, _buffer, _buffer.Length);
        return count > 0 ? _buffer[..(int)count] : count < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted ? [] : null;
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, [Out] byte[] buffer, nint length);
}
