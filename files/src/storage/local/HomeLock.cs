using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>
/// One home's lock among the threads of this process and among processes (an open-file-description lock, fcntl(2)): held for the few
/// system calls in which something appears, is replaced or goes, so that disk and ledger never disagree about it; and while all is counted.
/// </summary>
internal sealed class HomeLock(SafeFileHandle file, long at = 0)
{
    private readonly Lock _threads = new();

    public Scope Enter()
    {
        _threads.Enter();
        var descriptor = Descriptor.Lend(file);
        var result = Kernel.Lock(descriptor.Number, at);
        if (result < 0)
        {
            descriptor.Dispose();
            _threads.Exit();
            throw Errno.Exception(result, "The home's lock");
        }

        return new Scope(_threads, descriptor, at);
    }

    public readonly struct Scope(Lock threads, Descriptor descriptor, long at) : IDisposable
    {
        public void Dispose()
        {
            Kernel.Unlock(descriptor.Number, at);
            descriptor.Dispose();
            threads.Exit();
        }
    }
}
