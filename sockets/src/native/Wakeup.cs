using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>An eventfd(2) that makes a poll return: the way to reach a thread that waits in the kernel.</summary>
internal sealed unsafe class Wakeup : IDisposable
{
    private const int NonBlockCloseOnExec = 0x800 | 0x80000; // EFD_NONBLOCK | EFD_CLOEXEC

    private readonly DescriptorHandle _descriptor;
    private readonly Lock _closing = new();
    private bool _closed;

    /// <exception cref="ConnectionException">No descriptors are left.</exception>
    public Wakeup()
    {
        var descriptor = Libc.EventDescriptor(0, NonBlockCloseOnExec);
        if (descriptor < 0) throw ConnectionErrors.FromErrno(Marshal.GetLastPInvokeError(), "Opening an eventfd");
        _descriptor = new DescriptorHandle(descriptor);
    }

    /// <summary>The row that a poll includes. Valid until this is disposed, by the thread that polls.</summary>
    public PollEntry Entry => new() { Descriptor = Descriptor, Asked = PollEvents.Read };

    /// <summary>The number that a demultiplexer watches. Valid until this is disposed.</summary>
    public int Descriptor => (int)_descriptor.DangerousGetHandle();

    /// <summary>Makes the present or the next poll return. Any thread may call this, also too late.</summary>
    public void Signal()
    {
        lock (_closing)
        {
            if (_closed) return;
            ulong one = 1;
            _ = Libc.Write(_descriptor, (byte*)&one, sizeof(ulong)); // EAGAIN: the counter is full, so it is signalled
        }
    }

    /// <summary>Forgets the signals so far.</summary>
    public void Clear()
    {
        ulong count;
        _ = Libc.Read(_descriptor, (byte*)&count, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_closing)
        {
            _closed = true;
            _descriptor.Dispose();
        }
    }
}
