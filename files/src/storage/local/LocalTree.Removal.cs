using System.Globalization;
using System.Text;

namespace Argosy.Files;

/// <content>
/// Removing and renaming. What frees usage goes through the staging folder, so that after a crash the disk itself tells whether the
/// step had happened: see <see cref="Happened"/>.
/// </content>
internal sealed partial class LocalTree
{
    /// <summary>A step that leaves no trace: taken as not happened.</summary>
    private static ReadOnlySpan<byte> NoTrace => "n"u8;

    public void Remove(RemotePath path, ITally tally)
    {
        var trash = Staging.NewName();
        using var step = Enter(path);
        Check(Kernel.Stat(step.Parent.Number, path.TerminatedName, Kernel.AtNoFollow, out var status), path);
        if (status.IsFolder)
        {
            throw new FileException(FileError.IsAFolder, $"{path} is a folder: remove it as one.");
        }

        if (status.Usage != default)
        {
            RemoveFile(path, step.Parent, trash, status, tally);
        }
        else
        {
            Errno.Check(Kernel.Unlink(step.Parent.Number, path.TerminatedName), path);
        }

        step.Leave();
        using var staging = Staging.Lend();
        Kernel.Unlink(staging.Number, trash);
        Sync(step.Parent);
    }

    /// <summary>Removes a folder; a full one is out of the home with the first step, the others empty it.</summary>
    public IEnumerable<int> RemoveFolder(RemotePath path, bool recursive, ITally tally)
    {
        if (!recursive)
        {
            using var parent = OpenParent(path);
            Check(Kernel.Unlink(parent.Number, path.TerminatedName, Kernel.AtRemoveFolder), path);
            Sync(parent);
            yield break;
        }

        var trash = Staging.NewName('t');
        using (var step = Enter(path))
        {
            tally.Moved();
            MoveToTrash(path, step.Parent, trash);
            step.Leave();
            Sync(step.Parent);
        }

        foreach (var step in RemoveTrash(trash, tally))
        {
            yield return step;
        }
    }

    public void Rename(RemotePath from, RemotePath to, bool overwrite, ITally tally)
    {
        if (from.Contains(to) && !from.Equals(to))
        {
            throw new FileException(FileError.NotPermitted, $"{from} cannot be moved into itself.");
        }

        var spare = Staging.NewName();
        using var step = Enter(from);
        using var toParent = OpenParent(to);
        Check(Kernel.Stat(step.Parent.Number, from.TerminatedName, Kernel.AtNoFollow, out var source), from);
        tally.Moved();
        var result = from.Equals(to)
            ? 0
            : Kernel.Rename(step.Parent.Number, from.TerminatedName, toParent.Number, to.TerminatedName, Kernel.NoReplace);
        if (result == -Errno.Exists)
        {
            Replace(step.Parent, from, source, toParent, to, overwrite, spare, tally);
        }
        else if (result < 0)
        {
            throw RenameFailure(result, from, to);
        }

        step.Leave();
        using var staging = Staging.Lend();
        Kernel.Unlink(staging.Number, spare);
        Sync(toParent);
        Sync(step.Parent);
    }

    /// <summary>Begins a step on the path's last component.</summary>
    public HomeStep Enter(RemotePath path) => new(this, path);

    /// <summary>Whether a marked step happened, by what is and is not in the staging folder.</summary>
    public bool Happened(ReadOnlySpan<byte> mark)
    {
        using var staging = Staging.Lend();
        byte[] name = [.. mark[1..], 0];
        switch ((char)mark[0])
        {
            case 'w': // A commit: the staged name is gone.
                return Kernel.Stat(staging.Number, name, Kernel.AtNoFollow, out _) == -Errno.NotFound;
            case 'x': // A removal: the removed thing is here.
                return Kernel.Stat(staging.Number, name, Kernel.AtNoFollow, out _) >= 0;
            case 'l': // A rename over a file: the spare link has fewer siblings than it was made with.
                var colon = mark.IndexOf((byte)':');
                var links = uint.Parse(Encoding.ASCII.GetString(mark[1..colon]), CultureInfo.InvariantCulture);
                return Kernel.Stat(staging.Number, [.. mark[(colon + 1)..], 0], Kernel.AtNoFollow, out var spare) >= 0 && spare.Links < links;
            case 'k': // A kept upload: its record says so.
                colon = mark.IndexOf((byte)':');
                var record = UnfinishedRecord.TryRead(staging.Number, [.. mark[1..colon], 0]);
                return record?.Settled.Bytes == long.Parse(Encoding.ASCII.GetString(mark[(colon + 1)..]), CultureInfo.InvariantCulture);
            default:
                return false;
        }
    }

    private void MoveToTrash(RemotePath path, Descriptor parent, byte[] trash)
    {
        Check(Kernel.Stat(parent.Number, path.TerminatedName, Kernel.AtNoFollow, out var status), path);
        if (!status.IsFolder)
        {
            throw new FileException(FileError.NotAFolder, $"{path} is not a folder.");
        }

        using var staging = Staging.Lend();
        var result = Kernel.Rename(parent.Number, path.TerminatedName, staging.Number, trash);
        if (result is -Errno.CrossDevice or -Errno.Busy)
        {
            throw new FileException(FileError.NotSupported, $"{path} lies on another disk or is one: remove what is in it, one by one.");
        }

        Errno.Check(result, path);
    }

    private static FileException RenameFailure(int result, RemotePath from, RemotePath to) => result switch
    {
        -Errno.CrossDevice => new(FileError.NotSupported, $"{from} and {to} lie on different disks: copy and remove instead."),
        -Errno.Invalid => new(FileError.NotPermitted, $"{from} cannot be moved into itself."),
        _ => Errno.Exception(result, to.ToString()),
    };

    /// <summary>Moves a file to the trash, or, where that is another disk, removes it on the spot.</summary>
    private void RemoveFile(RemotePath path, Descriptor parent, byte[] trash, in Status status, ITally tally)
    {
        using var staging = Staging.Lend();
        tally.Begin(-status.Usage, Mark('x', trash));
        var result = Kernel.Rename(parent.Number, path.TerminatedName, staging.Number, trash);
        if (result == -Errno.CrossDevice)
        {
            result = Kernel.Unlink(parent.Number, path.TerminatedName);
        }

        Errno.Check(result, path);
        tally.Complete();
    }

    private void Replace(Descriptor fromParent, RemotePath from, in Status source, Descriptor toParent, RemotePath to, bool overwrite, byte[] spare, ITally tally)
    {
        Check(Kernel.Stat(toParent.Number, to.TerminatedName, Kernel.AtNoFollow, out var target), to);
        if (!overwrite || target.IsFolder || source.IsFolder)
        {
            throw new FileException(FileError.AlreadyExists, $"{to} exists already.");
        }

        RequireReplaceable(target, to);
        if (target.IsSame(source))
        {
            // rename(2) does nothing where both names are links to one file; the old name shall go all the same.
            RemoveFile(from, fromParent, spare, source, tally);
            return;
        }

        if (target.Usage != default)
        {
            BeginReplace(toParent, to, target, spare, tally);
        }

        var result = Kernel.Rename(fromParent.Number, from.TerminatedName, toParent.Number, to.TerminatedName);
        if (result < 0)
        {
            throw RenameFailure(result, from, to);
        }

        if (target.Usage != default)
        {
            tally.Complete();
        }
    }

    /// <summary>Gives the file that will be replaced a second name in the staging folder, whose link count then tells what happened.</summary>
    private void BeginReplace(Descriptor toParent, RemotePath to, in Status target, byte[] spare, ITally tally)
    {
        using var staging = Staging.Lend();
        var linked = Kernel.Link(toParent.Number, to.TerminatedName, staging.Number, spare) >= 0
            && Kernel.Stat(staging.Number, spare, Kernel.AtNoFollow, out var link) >= 0 ? link.Links : 0;
        var mark = linked == 0 ? NoTrace.ToArray() : Encoding.ASCII.GetBytes($"l{linked}:{Encoding.ASCII.GetString(spare.AsSpan(0, spare.Length - 1))}");
        tally.Begin(-target.Usage, mark);
    }

    public static void RequireReplaceable(in Status target, RemotePath path)
    {
        if (target.Kind == EntryKind.Other)
        {
            throw new FileException(FileError.NotAFile, $"{path} is a device, a FIFO or a socket: it is not replaced.");
        }
    }

    /// <summary>Counts a removed folder down, then empties it; step by step.</summary>
    private IEnumerable<int> RemoveTrash(byte[] trash, ITally tally)
    {
        var counted = Staging.NewName();
        var count = new FolderCount();
        foreach (var step in CountTrash(trash, count))
        {
            yield return step;
        }

        using (Staging.HomeLock.Enter())
        {
            using var staging = Staging.Lend();
            tally.Begin(-count.Sum, Mark('x', counted));
            Errno.Check(Kernel.Rename(staging.Number, trash, staging.Number, counted), "The removed folder");
            tally.Complete();
        }

        foreach (var step in Trash.Empty(Staging, counted))
        {
            yield return step;
        }
    }

    private static byte[] Mark(char kind, ReadOnlySpan<byte> terminatedName) => [(byte)kind, .. terminatedName[..^1]];
}
