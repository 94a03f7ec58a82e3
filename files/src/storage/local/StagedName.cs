namespace Argosy.Files;

/// <summary>A name in a staging folder that is needed for one step; disposing unlinks what it names by then, and ends the use of the folder.</summary>
internal sealed class StagedName(StagingFolder staging, byte[] name) : IDisposable
{
    public StagingFolder Staging => staging;

    /// <summary>With its NUL.</summary>
    public byte[] Name => name;

    /// <summary>Renames something to this name.</summary>
    public int Take(Descriptor folder, ReadOnlySpan<byte> terminatedName)
    {
        using var lent = staging.Lend();
        return Kernel.Rename(folder.Number, terminatedName, lent.Number, name);
    }

    /// <summary>Gives a file this name too.</summary>
    public int Link(Descriptor folder, ReadOnlySpan<byte> terminatedName)
    {
        using var lent = staging.Lend();
        return Kernel.Link(folder.Number, terminatedName, lent.Number, name);
    }

    public void Dispose()
    {
        using (var lent = staging.Lend())
        {
            Kernel.Unlink(lent.Number, name);
        }

        staging.Leave();
    }
}
