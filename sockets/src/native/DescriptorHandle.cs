using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>
/// Owns a file descriptor. A call that uses it holds a reference, so closing waits until that call has returned and
/// the number cannot meanwhile come to mean something else.
/// </summary>
internal sealed class DescriptorHandle : SafeHandleMinusOneIsInvalid
{
    public DescriptorHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Gives the descriptor away: whoever takes the number closes it.</summary>
    internal int Detach()
    {
        var descriptor = (int)handle;
        SetHandleAsInvalid();
        return descriptor;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
