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
    private readonly PlaceTurns _turns = new();
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
    public async ValueTask<IHome> OpenHomeAsync(string place, bool followLinks, IOffload offload) =>
        (await OpenAsync(place, followLinks, offload, onlyUsed: false))!;

    /// <inheritdoc/>
    public ValueTask<IHome?> OpenIfUsedAsync(string place, IOffload offload) => OpenAsync(place, followLinks: false, offload, onlyUsed: true);

    /// <inheritdoc/>
    public ValueTask SweepStraysAsync(IReadOnlyCollection<string> places, DateTime expired, IOffload offload) =>
        _staging is null ? default : new StraySweep(_staging, expired, IsInUse).RunAsync(offload, places.Select(NameOf));

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

    /// <summary>
    /// Opens one place at a time: where its disk hangs, one thread hangs with it, and nobody who wants another home.
    /// </summary>
    private async ValueTask<IHome?> OpenAsync(string place, bool followLinks, IOffload offload, bool onlyUsed)
    {
        using var turn = await _turns.TakeAsync(place);
        var tree = await offload.RunAsync(
            static work => work.This.Open(work.place, work.followLinks, work.onlyUsed), (This: this, place, followLinks, onlyUsed));
        return tree is null ? null : new LocalHome(this, tree, offload);
    }

    /// <summary>Opens a home, or takes the one that is open. What can take long happens outside the lock.</summary>
    private LocalTree? Open(string place, bool followLinks, bool onlyUsed)
    {
        if (FindPlace(place, onlyUsed, out var status) is not { } home)
        {
            return null;
        }

        var identity = IdentityOf(status);
        if (Take(identity, followLinks, null) is { } open)
        {
            home.Dispose();
            return open;
        }

        var jail = new Jail(home, followLinks, _options.Walk);
        if (onlyUsed && !HasStaging(jail, status))
        {
            jail.Dispose();
            return null;
        }

        return Take(identity, followLinks, Open(jail, identity, status));
    }

    /// <summary>The tree that is open, one more user's; else <paramref name="opened"/>.</summary>
    private LocalTree? Take(string identity, bool followLinks, LocalTree? opened)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue((identity, followLinks), out var tree))
            {
                if (opened is null)
                {
                    return null;
                }

                _open.Add((identity, followLinks), tree = opened);
            }
            else
            {
                opened?.Dispose(); // By another name of the same place, somebody else was first.
            }

            tree.Users++;
            return tree;
        }
    }

    /// <summary>
    /// Opens a home's folder. Whoever chose its place has resolved its links; one that stands there now has been put there since, and is not followed.
    /// </summary>
    /// <param name="place">Where it is.</param>
    /// <param name="mayMiss">True gives null where there is nothing.</param>
    /// <param name="status">What it is.</param>
    private SafeFileHandle? FindPlace(string place, bool mayMiss, out Status status)
    {
        try
        {
            var home = _disk.KeepFolder(RemotePath.Parse(place));
            using var lent = Descriptor.Lend(home);
            Errno.Check(Kernel.Stat(lent.Number, out status), "The home");
            return home;
        }
        catch (FileException missing) when (mayMiss && missing.Error == FileError.NotFound)
        {
            status = default;
            return null;
        }
        catch (FileException failed)
        {
            throw new FileException(FileError.Storage, StorageText.HomeClosed, failed);
        }
    }

    private static string IdentityOf(in Status status) => string.Create(
        CultureInfo.InvariantCulture,
        $"{status.DeviceMajor:x}-{status.DeviceMinor:x}-{status.Inode:x}-{status.Born.Seconds:x}-{status.Born.Nanoseconds:x}");

    /// <summary>
    /// A home's folder in the common staging folder. The number of its disk is no part of the name, since it may be another one after the next boot; all
    /// homes that have their folder there are on the disk of the staging folder, where an inode and its birth are enough.
    /// </summary>
    private static string StagingName(in Status status) => Hash(string.Create(
        CultureInfo.InvariantCulture, $"{status.Inode:x}-{status.Born.Seconds:x}-{status.Born.Nanoseconds:x}"));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)).AsSpan(0, 8));

    /// <summary>What the folder of a home is called in the common staging folder; null for a home that cannot be opened.</summary>
    private string? NameOf(string place)
    {
        try
        {
            using var home = FindPlace(place, mayMiss: true, out var status);
            return home is null ? null : StagingName(status);
        }
        catch (FileException)
        {
            return null;
        }
    }

    private bool IsInUse(string stagingName)
    {
        lock (_lock)
        {
            return _open.Values.Any(tree => tree.StagingName == stagingName);
        }
    }

    private bool HasStaging(Jail home, in Status status)
    {
        using var root = home.Lend();
        if (Kernel.Stat(root.Number, [.. StagingFolder.Reserved, 0], Kernel.AtNoFollow, out _) >= 0)
        {
            return true;
        }

        if (_staging is null)
        {
            return false;
        }

        using var shared = Descriptor.Lend(_staging);
        return Kernel.Stat(shared.Number, Terminated(StagingName(status)), Kernel.AtNoFollow, out _) >= 0
            || Kernel.Stat(shared.Number, Terminated(Hash(IdentityOf(status))), Kernel.AtNoFollow, out _) >= 0;
    }

    private LocalTree Open(Jail home, string identity, in Status status)
    {
        try
        {
            return new LocalTree(home, identity, OpenStaging(home, identity, status), null, _options) { StagingName = StagingName(status) };
        }
        catch (FileException failed) when (IsLasting(failed))
        {
            // A home on a read-only disk can still be read.
            var reason = new FileException(failed.Error, StorageText.HomeReadOnly, failed);
            return new LocalTree(home, identity, null, reason, _options);
        }
        catch
        {
            home.Dispose();
            throw;
        }
    }

    /// <summary>True where only the operator can change it: the disk is read-only, this user has no rights, something is in the way or gone. Anything else, such
    /// as too many open files, passes: who has opened the home for reading alone by then could not write until its last session has ended.</summary>
    private static bool IsLasting(FileException failed) =>
        failed.SystemError is Errno.ReadOnlyDisk or Errno.Access or Errno.NotPermitted or Errno.NotAFolder or Errno.Loop or Errno.NotFound;

    private StagingFolder OpenStaging(Jail home, string identity, in Status status)
    {
        if (_staging is not null)
        {
            using var shared = Descriptor.Lend(_staging);
            Errno.Check(Kernel.Stat(shared.Number, out var staging), StagingFolder.Subject);
            if (staging.IsSameMount(status))
            {
                // Older versions made the disk's number a part of the name; what waits there goes on.
                var name = Terminated(StagingName(status));
                Kernel.Rename(shared.Number, Terminated(Hash(identity)), shared.Number, name, Kernel.NoReplace);
                return StagingFolder.Open(shared.Number, name);
            }
        }

        using var root = home.Lend();
        return StagingFolder.Open(root.Number, [.. StagingFolder.Reserved, 0]);
    }
}
