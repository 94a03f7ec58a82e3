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

/// <summary>A byte of a file that one of all threads and processes may have at a time; who does not get it does something else. Not bound to a thread.</summary>
internal sealed class HomeTurn(SafeFileHandle file, long at)
{
    private int _isTaken;

    /// <summary>Takes it where it is free.</summary>
    public bool TryEnter(out Scope scope)
    {
        scope = default;
        if (Interlocked.Exchange(ref _isTaken, 1) != 0)
        {
            return false;
        }

        var descriptor = Descriptor.Lend(file);
        if (Kernel.TryLock(descriptor.Number, at) >= 0)
        {
            scope = new Scope(this, descriptor);
            return true;
        }

        descriptor.Dispose();
        _isTaken = 0;
        return false;
    }

    public readonly struct Scope(HomeTurn turn, Descriptor descriptor) : IDisposable
    {
        public void Dispose()
        {
            Kernel.Unlock(descriptor.Number, turn.At);
            descriptor.Dispose();
            turn._isTaken = 0;
        }
    }

    private long At => at;
}
