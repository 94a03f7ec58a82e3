using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>
/// Opens paths beneath one folder and never outside it. The kernel keeps the promise where openat2(2) exists and no link is in the way; elsewhere
/// <see cref="JailWalk"/> goes component by component.
/// </summary>
internal sealed unsafe class Jail(SafeFileHandle home, bool followLinks, bool walk) : IDisposable
{
    /// <summary>
    /// A rename anywhere on the system can make RESOLVE_BENEATH give up with EAGAIN. One that takes a folder of the path out of the home during the look-up, as
    /// a removal does, gives EXDEV: what was found is no longer beneath. Both are no error, only bad luck: the next look finds what is there now. A path holds
    /// no <c>..</c>, so that EXDEV says nothing else here.
    /// </summary>
    private const int Tries = 64;

    internal const ulong Resolve = Kernel.Beneath | Kernel.NoMagicLinks | Kernel.NoLinks;

    private readonly bool _walk = walk || !HasOpenAt2;

    public bool FollowLinks => followLinks;

    private static bool HasOpenAt2 { get; } = Probe();

    /// <summary>An O_PATH descriptor of what is at the path; negated errno where there is none.</summary>
    public int TryOpen(RemotePath path, bool followLast = true) => Open(path, followLast ? 0 : Kernel.NoFollow);

    /// <summary>An O_PATH descriptor of the folder at the path.</summary>
    /// <exception cref="FileException">There is none, or it leads out of the home.</exception>
    public Descriptor OpenFolder(RemotePath path) =>
        path.IsRoot ? Descriptor.Lend(home) : new(Errno.Check(Open(path, Kernel.Directory), path));

    /// <summary>The same, to be kept; the jail's own folder too.</summary>
    /// <exception cref="FileException">There is none, or it leads out.</exception>
    public SafeFileHandle KeepFolder(RemotePath path) => new(Errno.Check(Open(path, Kernel.Directory), path), ownsHandle: true);

    /// <summary>The home itself, for the length of an operation.</summary>
    public Descriptor Lend() => Descriptor.Lend(home);

    public void Dispose() => home.Dispose();

    private int Open(RemotePath path, int flags)
    {
        using var from = Descriptor.Lend(home);
        if (_walk)
        {
            return JailWalk.Open(from.Number, path, flags, followLinks);
        }

        fixed (byte* bytes = path.IsRoot ? ".\0"u8 : path.Terminated)
        {
            var result = -Errno.Again;
            for (var i = 0; i < Tries && result is (-Errno.Again or -Errno.CrossDevice); i++)
            {
                result = Kernel.OpenAt2(from.Number, bytes, flags | Kernel.PathOnly, Resolve);
            }

            // Links are the walk's matter, which sees every name on the way: the kernel would follow one into the staging folder.
            return result == -Errno.Loop && followLinks ? JailWalk.Open(from.Number, path, flags, followLinks) : result;
        }
    }

    private static bool Probe()
    {
        fixed (byte* here = ".\0"u8)
        {
            var result = Kernel.OpenAt2(Kernel.AtWorkingFolder, here, Kernel.PathOnly, Kernel.Beneath | Kernel.NoMagicLinks);
            if (result >= 0)
            {
                Kernel.Close(result);
            }

            // Containers' filters answer EPERM for calls that they do not know.
            return result is >= 0 or not (-Errno.NoSuchCall or -Errno.NotPermitted);
        }
    }
}
