using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>Homes on this machine's disks. Linux only: the kernel keeps the jail, see <see cref="Jail"/>.</summary>
public sealed class LocalStorage : IStorage, IDisposable
{
    private readonly LocalStorageOptions _options;
    private readonly Dictionary<(string Identity, bool FollowLinks), LocalTree> _open = [];
    private readonly Lock _lock = new();
    private readonly SafeFileHandle? _staging;
    private readonly Jail _disk;

    /// <summary>Opens the staging folder, making it where it is missing.</summary>
    /// <exception cref="FileException"><see cref="FileError.Storage"/>: it cannot be made or belongs to somebody else.</exception>
    public LocalStorage(LocalStorageOptions? options = null)
    {
        _options = options ?? new();
        var root = Errno.Check(Kernel.OpenAt(Kernel.AtWorkingFolder, "/\0"u8, Kernel.PathOnly | Kernel.Directory), "The disk");
        _disk = new Jail(new(root, ownsHandle: true), followLinks: false, _options.Walk);
        if (_options.Staging is { } staging)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(staging))!);
            _staging = StagingFolder.OpenPrivate(Kernel.AtWorkingFolder, Terminated(Path.GetFullPath(staging)));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IHome> OpenHomeAsync(string place, bool followLinks, IOffload offload) => offload.RunAsync(
        static work => (IHome)new LocalHome(work.This, work.This.Open(work.place, work.followLinks), work.offload), (This: this, place, followLinks, offload));

    /// <summary>Closes what is open; sessions should have ended.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var tree in _open.Values)
            {
                tree.Dispose();
            }

            _open.Clear();
        }

        _staging?.Dispose();
        _disk.Dispose();
    }

    internal void Close(LocalTree tree)
    {
        lock (_lock)
        {
            if (--tree.Users == 0 && _open.Remove((tree.Identity, tree.FollowLinks)))
            {
                tree.Dispose();
            }
        }
    }

    private static byte[] Terminated(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private LocalTree Open(string place, bool followLinks)
    {
        var home = OpenPlace(place, out var status);
        var identity = string.Create(
            CultureInfo.InvariantCulture,
            $"{status.DeviceMajor:x}-{status.DeviceMinor:x}-{status.Inode:x}-{status.Born.Seconds:x}-{status.Born.Nanoseconds:x}");
        lock (_lock)
        {
            if (_open.TryGetValue((identity, followLinks), out var tree))
            {
                home.Dispose();
            }
            else
            {
                tree = Open(new Jail(home, followLinks, _options.Walk), identity, status);
                _open.Add((identity, followLinks), tree);
            }

            tree.Users++;
            return tree;
        }
    }

    /// <summary>Opens a home. Whoever chose its place has resolved its links; one that stands there now has been put there since, and is not followed.</summary>
    private SafeFileHandle OpenPlace(string place, out Status status)
    {
        try
        {
            var home = _disk.KeepFolder(RemotePath.Parse(place));
            using var lent = Descriptor.Lend(home);
            Errno.Check(Kernel.Stat(lent.Number, out status), "The home");
            return home;
        }
        catch (FileException failed)
        {
            throw new FileException(FileError.Storage, "The home of this account cannot be opened; ask the operator to look at it.", failed);
        }
    }

    private LocalTree Open(Jail home, string identity, in Status status)
    {
        try
        {
            return new LocalTree(home, identity, OpenStaging(home, identity, status), null, _options);
        }
        catch (FileException failed)
        {
            // A home on a read-only disk can still be read.
            var reason = new FileException(failed.Error, "This home cannot be written to; ask the operator to look at it.", failed);
            return new LocalTree(home, identity, null, reason, _options);
        }
    }

    private StagingFolder OpenStaging(Jail home, string identity, in Status status)
    {
        if (_staging is not null)
        {
            using var shared = Descriptor.Lend(_staging);
            if (Kernel.Stat(shared.Number, out var staging) >= 0 && staging.IsSameMount(status))
            {
                var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(identity)).AsSpan(0, 8));
                return StagingFolder.Open(shared.Number, Terminated(name));
            }
        }

        using var root = home.Lend();
        return StagingFolder.Open(root.Number, [.. StagingFolder.Reserved, 0]);
    }
}
