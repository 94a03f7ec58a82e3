namespace Argosy.Files;

/// <summary>
/// Counts what is beneath a folder, to any depth, step by step: between two steps it holds no lock and no thread. Far down it keeps no descriptors
/// but comes back up by <c>..</c>, and checks that it arrived where it came from.
/// </summary>
internal sealed class FolderCount
{
    /// <summary>Entries that are looked at in one step.</summary>
    private const int Stride = 64;

    private const int Tries = 5;

    /// <summary>Levels whose folders stay open: whatever is moved meanwhile, the way back from there is sure.</summary>
    private const int KeptOpen = 16;

    private readonly Stack<Level> _above = new();
    private FolderReader? _reader;

    /// <summary>What was counted, at the end.</summary>
    public Usage Sum { get; private set; }

    /// <summary>The steps; each is so many entries.</summary>
    public IEnumerable<int> Steps(int folder, string subject)
    {
        for (var i = 0; i < Tries; i++)
        {
            Sum = default;
            _reader = FolderReader.Open(folder, subject);
            try
            {
                while (true)
                {
                    yield return Stride;
                    if (!ReadOn(subject))
                    {
                        continue;
                    }

                    if (_above.Count == 0)
                    {
                        yield break;
                    }

                    if (!TryGoUp(_above.Pop()))
                    {
                        break; // A folder was moved meanwhile: what was seen twice or not at all is unknown.
                    }
                }
            }
            finally
            {
                Close();
            }
        }

        throw Errno.Exception(-Errno.Again, subject);
    }

    /// <summary>Looks at some entries; true at the end of a folder.</summary>
    private bool ReadOn(string subject)
    {
        for (var i = 0; i < Stride; i++)
        {
            if (!_reader!.Next())
            {
                return true;
            }

            Visit(subject);
        }

        return false;
    }

    private void Visit(string subject)
    {
        var reader = _reader!;
        if (StagingFolder.IsReserved(reader.Name))
        {
            return;
        }

        var result = Kernel.Stat(reader.Folder, reader.TerminatedName, Kernel.AtNoFollow, out var status);
        if (result < 0)
        {
            RefuseUnknown(result, subject);
        }
        else if (status.IsFolder)
        {
            Enter(reader, subject);
        }
        else
        {
            Sum += status.Usage;
        }
    }

    private void Enter(FolderReader reader, string subject)
    {
        if (FolderReader.TryOpen(reader.Folder, reader.TerminatedName, out var result) is not { } deeper)
        {
            RefuseUnknown(result, subject);
            return;
        }

        if (_above.Count < KeptOpen)
        {
            _above.Push(new(reader, default, 0));
        }
        else
        {
            Kernel.Stat(reader.Folder, out var here);
            _above.Push(new(null, here, reader.Cookie));
            reader.Dispose();
        }

        _reader = deeper;
    }

    /// <summary>What went meanwhile is no longer there, and what this server may not look into nobody can reach through it; anything else must not
    /// pass for nothing.</summary>
    private static void RefuseUnknown(int result, string subject)
    {
        if (result is not (-Errno.NotFound or -Errno.Access or -Errno.NotPermitted or -Errno.NotAFolder or -Errno.Loop))
        {
            throw Errno.Exception(result, subject);
        }
    }

    private bool TryGoUp(Level to)
    {
        var reader = _reader!;
        if (to.Open is not null)
        {
            _reader = to.Open;
            reader.Dispose();
            return true;
        }

        if (FolderReader.TryOpen(reader.Folder, "..\0"u8, out _) is not { } up)
        {
            return false;
        }

        reader.Dispose();
        _reader = up;
        if (Kernel.Stat(up.Folder, out var here) < 0 || !here.IsSame(to.Folder))
        {
            return false;
        }

        up.SeekTo(to.Cookie);
        return true;
    }

    private void Close()
    {
        _reader?.Dispose();
        _reader = null;
        while (_above.TryPop(out var level))
        {
            level.Open?.Dispose();
        }
    }

    /// <summary>A folder to come back to.</summary>
    /// <param name="Open">Its reader, where that stays open.</param>
    /// <param name="Folder">Which folder it is.</param>
    /// <param name="Cookie">Where to go on.</param>
    private readonly record struct Level(FolderReader? Open, Status Folder, long Cookie);
}
