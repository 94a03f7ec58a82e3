using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>
/// Looks at a home before it is opened, and makes it where it is new (docs/decisions/0017-home-register.md). No link is followed, at no level: where a
/// home's place is, was decided before.
/// </summary>
internal sealed class HomeFolders(HomeRegister register)
{
    private const int OwnerOnly = 0x1c0; // 0700

    private enum Look
    {
        Missing,
        Folder,
        MountPoint,
        Link,
        LinkOnTheWay,
        Closed,
        Other,
    }

    /// <summary>What a home may be said to be where the operator alone could have put it there.</summary>
    /// <returns>Null where there is no folder.</returns>
    internal static HomeState? Found(string place) => LookAt(place) switch
    {
        Look.Folder => HomeState.Made,
        Look.MountPoint => HomeState.Mounted,
        _ => null,
    };

    /// <summary>What lies at a place, without following links; null where nothing does.</summary>
    internal static EntryKind? Lies(string place) => LookAt(place) switch
    {
        Look.Missing => null,
        Look.Folder or Look.MountPoint => EntryKind.Folder,
        Look.Link => EntryKind.Link,
        _ => EntryKind.Other,
    };

    /// <summary>Makes sure that there is a home which is this account's.</summary>
    /// <param name="name">The account.</param>
    /// <param name="place">Its home, links resolved.</param>
    /// <param name="isNamed">True where an operator has named the place; false for ROOT/NAME.</param>
    /// <exception cref="HomeException">It cannot be served; the message is for the operator and says why and what to do.</exception>
    internal void Prepare(string name, string place, bool isNamed)
    {
        // First the disk, then what is known of it: who makes a home in another process has claimed it before.
        var look = LookAt(place);
        var state = register.StateOf(name, place);
        if (look == Look.Missing && state >= HomeState.Made) look = LookAt(place); // Made between the two.
        if (look == Look.Missing && state is HomeState.Unknown or HomeState.Claimed)
        {
            Make(name, place, state);
            (look, state) = (LookAt(place), HomeState.Claimed);
        }

        if (Fault(look, state, place, isNamed) is { } fault) throw new HomeException(fault);

        var now = look == Look.MountPoint ? HomeState.Mounted : HomeState.Made;
        if (now != state) Note(name, place, now);
    }

    private static string? Fault(Look look, HomeState state, string place, bool isNamed) => (look, state) switch
    {
        (Look.Missing, HomeState.Mounted) => HomeText.DiskMissing(place),
        (Look.Missing, _) => HomeText.Missing(place),
        (Look.Folder, HomeState.Mounted) => HomeText.NoDisk(place),
        (Look.Link, _) => HomeText.Link(place),
        (Look.LinkOnTheWay, _) => HomeText.LinkOnTheWay(place),
        (Look.Closed, _) => HomeText.Closed(place),
        (Look.Other, _) => HomeText.NotAFolder(place),
        (_, HomeState.Unknown) when !isNamed =>
            HomeText.NotTheirs(place),
        _ => null,
    };

    /// <summary>Claimed before it is made: a folder that is there and that nobody has claimed is somebody else's.</summary>
    private void Make(string name, string place, HomeState state)
    {
        using var parent = new Descriptor(Open(Path.GetDirectoryName(place) ?? "/", Kernel.Directory));
        if (parent.Number < 0)
            throw new HomeException(HomeText.NothingAbove(place));

        try
        {
            if (state == HomeState.Unknown) register.Record(name, place, HomeState.Claimed);
        }
        catch (IOException full)
        {
            throw new HomeException(HomeText.NotWrittenDown(place, IoFault.Describe(full, register.Place)), full);
        }

        var made = Kernel.MakeFolder(parent.Number, [.. Encoding.UTF8.GetBytes(Path.GetFileName(place)), 0], OwnerOnly);
        if (made is < 0 and not -Errno.Exists)
            throw new HomeException(HomeText.NotMade(Errno.Exception(made, place).Message));
    }

    /// <summary>It is served all the same where it cannot be written down: then it stays claimed.</summary>
    private void Note(string name, string place, HomeState state)
    {
        try
        {
            register.Record(name, place, state);
        }
        catch (IOException)
        {
            // The next login tries again.
        }
    }

    private static Look LookAt(string place)
    {
        using var found = new Descriptor(Open(place, Kernel.NoFollow));
        if (found.Number < 0)
        {
            return -found.Number switch
            {
                Errno.NotFound or Errno.NotAFolder => Look.Missing,
                Errno.Loop => Look.LinkOnTheWay,
                Errno.Access => Look.Closed,
                _ => Look.Other,
            };
        }

        if (Kernel.Stat(found.Number, out var home) < 0) return Look.Other;
        if (home.IsLink) return Look.Link;
        if (!home.IsFolder) return Look.Other;

        using var parent = new Descriptor(Open(Path.GetDirectoryName(place) ?? "/", Kernel.Directory));
        return parent.Number >= 0 && Kernel.Stat(parent.Number, out var above) >= 0 && !above.IsSameMount(home) ? Look.MountPoint : Look.Folder;
    }

    /// <summary>An O_PATH descriptor, or a negated errno; ELOOP where a link is in the way.</summary>
    private static int Open(string place, int flags)
    {
        var top = Kernel.OpenAt(Kernel.AtWorkingFolder, "/\0"u8, Kernel.PathOnly | Kernel.Directory);
        if (top < 0) return top;

        using var jail = new Jail(new SafeFileHandle(top, ownsHandle: true), followLinks: false, walk: false);
        var number = jail.TryOpen(RemotePath.Parse(place), followLast: (flags & Kernel.NoFollow) == 0);
        if (number < 0 || (flags & Kernel.Directory) == 0) return number;
        if (Kernel.Stat(number, out var status) >= 0 && status.IsFolder) return number;

        Kernel.Close(number);
        return -Errno.NotAFolder;
    }
}
