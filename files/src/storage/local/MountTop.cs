namespace Argosy.Files;

/// <summary>Finds the topmost folder of the disk that a folder lies on.</summary>
internal static class MountTop
{
    private const string Subject = "The disk that is mounted there";

    /// <summary>An O_PATH descriptor of it. The folder is in a home whose own folder is on another disk, so the way up ends in the home.</summary>
    public static Descriptor Open(Descriptor folder, in Status status)
    {
        var here = Above(folder.Number, "."u8);
        try
        {
            for (var i = 0; i < RemotePath.LongestPath; i++)
            {
                var above = Above(here.Number, ".."u8);
                if (Errno.Check(Kernel.Stat(above.Number, out var upper), Subject) < 0 || !upper.IsSameMount(status))
                {
                    above.Dispose();
                    return here;
                }

                here.Dispose();
                here = above;
            }

            throw Errno.Exception(-Errno.Loop, Subject);
        }
        catch
        {
            here.Dispose();
            throw;
        }
    }

    private static Descriptor Above(int folder, ReadOnlySpan<byte> step) =>
        new(Errno.Check(Kernel.OpenAt(folder, [.. step, 0], Kernel.PathOnly | Kernel.Directory), Subject));
}
