namespace Argosy.Files;

/// <content>
/// Removing and renaming. What frees usage goes through the staging folder, so that after a crash the disk itself tells whether the
/// step had happened: see <see cref="Happened"/>.
/// </content>
internal sealed partial class LocalTree
{
    public void Remove(RemotePath path, ITally tally)
    {
        StagedName? trash = null;
        try
        {
            using var step = Enter(path);
            Check(Kernel.Stat(step.Parent.Number, path.TerminatedName, Kernel.AtNoFollow, out var status), path);
            if (status.IsFolder)
            {
                throw new FileException(FileError.IsAFolder, PlaceText.IsAFolderToRemove(path));
            }

            if (status.Usage != default)
            {
                trash = RemoveFile(path, step.Parent, status, tally);
            }
            else
            {
                Errno.Check(Kernel.Unlink(step.Parent.Number, path.TerminatedName), path);
            }

            step.Leave();
            Sync(step.Parent);
        }
        finally
        {
            trash?.Dispose();
        }
    }

    /// <summary>Removes a folder; a full one is out of the home with the first step, the others empty it.</summary>
    public IEnumerable<int> RemoveFolder(RemotePath path, bool recursive, ITally tally)
    {
        if (!recursive)
        {
            using var parent = OpenParent(path);
            var removed = Kernel.Unlink(parent.Number, path.TerminatedName, Kernel.AtRemoveFolder);
            Check(removed != -Errno.NotAFolder ? removed : throw new FileException(FileError.NotAFolder, PlaceText.NotAFolder(path)), path);
            Sync(parent);
            yield break;
        }

        StagedName trash;
        using (var step = Enter(path))
        {
            tally.Moved();
            trash = MoveToTrash(path, step.Parent);
            step.Leave();
            Sync(step.Parent);
        }

        try
        {
            foreach (var step in RemoveTrash(trash.Staging, trash.Name, tally))
            {
                yield return step;
            }
        }
        finally
        {
            trash.Staging.Leave();
        }
    }

    public void Rename(RemotePath from, RemotePath to, bool overwrite, ITally tally)
    {
        if (from.Contains(to) && !from.Equals(to))
        {
            throw new FileException(FileError.NotPermitted, PlaceText.IntoItself(from));
        }

        StagedName? spare = null;
        try
        {
            spare = RenameUnderLock(from, to, overwrite, tally);
        }
        finally
        {
            spare?.Dispose();
        }
    }

    private StagedName? RenameUnderLock(RemotePath from, RemotePath to, bool overwrite, ITally tally)
    {
        StagedName? spare = null;
        using var step = Enter(from);
        using var toParent = OpenParent(to);
        Check(Kernel.Stat(step.Parent.Number, from.TerminatedName, Kernel.AtNoFollow, out var source), from);
        tally.Moved();
        var result = from.Equals(to)
            ? 0
            : Kernel.Rename(step.Parent.Number, from.TerminatedName, toParent.Number, to.TerminatedName, Kernel.NoReplace);
        if (result == -Errno.Exists)
        {
            spare = Replace(step.Parent, from, source, toParent, to, overwrite, tally);
        }
        else if (result < 0)
        {
            throw RenameFailure(result, from, to);
        }

        step.Leave();
        Sync(toParent);
        Sync(step.Parent);
        return spare;
    }

    /// <summary>Begins a step on the path's last component.</summary>
    public HomeStep Enter(RemotePath path) => new(this, path);

    /// <summary>What of a marked step's change happened, by what is and is not in the staging folder of its disk.</summary>
    public Usage Happened(ReadOnlySpan<byte> mark, Usage change)
    {
        if (StepMark.Read(mark) is not { } step || AllStaging.Find(step.Disk) is not { } staging)
        {
            return default;
        }

        try
        {
            return step.Happened(staging, change);
        }
        finally
        {
            staging.Leave();
        }
    }

    private StagedName MoveToTrash(RemotePath path, Descriptor parent)
    {
        Check(Kernel.Stat(parent.Number, path.TerminatedName, Kernel.AtNoFollow, out var status), path);
        if (!status.IsFolder)
        {
            throw new FileException(FileError.NotAFolder, PlaceText.NotAFolder(path));
        }

        // The kernel would take a mounted disk along into the trash, where nobody reaches it and nothing removes it.
        if (Mounts.Any([.. Kernel.PathOf(parent.Number), (byte)'/', .. path.Name.Span]))
        {
            throw new FileException(FileError.NotSupported, PlaceText.DiskMounted(path));
        }

        var staging = AllStaging.For(parent, status, path);
        var trash = new StagedName(staging, staging.NewName('t'));
        try
        {
            Errno.Check(trash.Take(parent, path.TerminatedName), path);
            return trash;
        }
        catch
        {
            staging.Leave();
            throw;
        }
    }

    private static FileException RenameFailure(int result, RemotePath from, RemotePath to) => result switch
    {
        -Errno.CrossDevice => new(FileError.NotSupported, PlaceText.OnOtherDisks(from, to)),
        -Errno.Invalid => new(FileError.NotPermitted, PlaceText.IntoItself(from)),
        _ => Errno.Exception(result, to.ToString()),
    };

    /// <summary>The staging folder beside what has that status; null where the server may not have one there.</summary>
    private StagingFolder? Beside(Descriptor parent, in Status status, RemotePath path)
    {
        try
        {
            return AllStaging.For(parent, status, path);
        }
        catch (FileException failed) when (failed.Error == FileError.NotPermitted)
        {
            return null;
        }
    }

    /// <summary>Moves a file to the trash, which is to be emptied when the lock is left; where there can be none, removes it on the spot.</summary>
    private StagedName? RemoveFile(RemotePath path, Descriptor parent, in Status status, ITally tally)
    {
        var freed = -status.Usage;
        if (Beside(parent, status, path) is not { } staging)
        {
            tally.Begin(freed, StepMark.NoTrace);
            Errno.Check(Kernel.Unlink(parent.Number, path.TerminatedName), path);
            tally.Complete();
            return null;
        }

        var trash = new StagedName(staging, staging.NewName());
        try
        {
            tally.Begin(freed, StepMark.Comes(staging, trash.Name));
            Errno.Check(trash.Take(parent, path.TerminatedName), path);
            tally.Complete();
            return trash;
        }
        catch
        {
            staging.Leave(); // Its name stays where the step has happened: the intent speaks of it.
            throw;
        }
    }

    private StagedName? Replace(Descriptor fromParent, RemotePath from, in Status source, Descriptor toParent, RemotePath to, bool overwrite, ITally tally)
    {
        Check(Kernel.Stat(toParent.Number, to.TerminatedName, Kernel.AtNoFollow, out var target), to);
        if (!overwrite || target.IsFolder || source.IsFolder)
        {
            throw new FileException(FileError.AlreadyExists, PlaceText.AlreadyExists(to));
        }

        RequireReplaceable(target, to);
        if (target.IsSame(source))
        {
            // rename(2) does nothing where both names are links to one file; the old name shall go all the same.
            return RemoveFile(from, fromParent, source, tally);
        }

        var spare = target.Usage != default ? BeginReplace(toParent, to, target, tally) : null;
        var result = Kernel.Rename(fromParent.Number, from.TerminatedName, toParent.Number, to.TerminatedName);
        if (result < 0)
        {
            spare?.Dispose();
            throw RenameFailure(result, from, to);
        }

        if (target.Usage != default)
        {
            tally.Complete();
        }

        return spare;
    }

    /// <summary>Gives the file that will be replaced a second name in the staging folder, whose link count then tells what happened.</summary>
    private StagedName? BeginReplace(Descriptor toParent, RemotePath to, in Status target, ITally tally)
    {
        var freed = -target.Usage;
        if (Beside(toParent, target, to) is not { } staging)
        {
            tally.Begin(freed, StepMark.NoTrace);
            return null;
        }

        var spare = new StagedName(staging, staging.NewName());
        try
        {
            var isLinked = spare.Link(toParent, to.TerminatedName) >= 0 & staging.Look(spare.Name, out var link) >= 0;
            tally.Begin(freed, isLinked ? StepMark.LosesLink(staging, spare.Name, link.Links) : StepMark.NoTrace);
            return spare;
        }
        catch
        {
            spare.Dispose();
            throw;
        }
    }

    public static void RequireReplaceable(in Status target, RemotePath path)
    {
        if (target.Kind == EntryKind.Other)
        {
            throw new FileException(FileError.NotAFile, PlaceText.NotAFileToReplace(path));
        }
    }

    /// <summary>Counts a removed folder down, then empties it; step by step.</summary>
    private IEnumerable<int> RemoveTrash(StagingFolder staging, byte[] trash, ITally tally)
    {
        var counted = staging.NewName();
        var count = new FolderCount();
        foreach (var step in CountTrash(staging, trash, count))
        {
            yield return step;
        }

        using (Staging.HomeLock.Enter())
        {
            using var folder = staging.Lend();
            tally.Begin(-count.Sum, StepMark.Comes(staging, counted));
            Errno.Check(Kernel.Rename(folder.Number, trash, folder.Number, counted), "The removed folder");
            tally.Complete();
        }

        foreach (var step in Trash.Empty(staging, counted))
        {
            yield return step;
        }
    }
}
