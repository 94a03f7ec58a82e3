using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>
/// A descriptor for the length of one operation: closed on disposal, or, where it is lent by a longer-living handle, given back
/// so that the handle cannot be closed (and its number reused) meanwhile.
/// </summary>
internal readonly struct Descriptor : IDisposable
{
    private readonly SafeHandle? _lender;

    public Descriptor(int number) => Number = number;

    private Descriptor(SafeHandle lender, int number) => (_lender, Number) = (lender, number);

    public int Number { get; }

    public static Descriptor Lend(SafeHandle lender)
    {
        var lent = false;
        lender.DangerousAddRef(ref lent);
        return new(lender, (int)lender.DangerousGetHandle());
    }

    /// <summary>Ownership passes to a handle that outlives the operation.</summary>
    public SafeFileHandle Keep() => new(Number, ownsHandle: true);

    public void Dispose()
    {
        if (_lender is not null)
        {
            _lender.DangerousRelease();
        }
        else
        {
            Kernel.Close(Number);
        }
    }
}
