using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets.Tests;

/// <summary>The limits that worker processes share, as a worker opens them.</summary>
public sealed partial class SharedLimitsTests
{
    [Fact]
    public void A_number_that_means_another_file_by_now_is_not_opened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "not applicable: workers are of Linux");
        using var stranger = SharedConnectionLimits.Create();
        var ours = SharedConnectionLimits.Create();
        var number = (int)ours.DangerousGetHandle();
        ours.Dispose();
        Assert.Equal(number, Duplicate((int)stranger.DangerousGetHandle(), number));
        using var reused = new SafeFileHandle(number, ownsHandle: true);
        Assert.Throws<ObjectDisposedException>(() => SharedConnectionLimits.Open(ours).Dispose());
    }

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);
}
