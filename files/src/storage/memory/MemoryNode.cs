namespace Argosy.Files;

/// <summary>A file's version or a folder, in memory.</summary>
internal abstract class MemoryNode
{
    public DateTime Modified { get; set => field = UtcTime.Of(value); } = Now;

    public int Mode { get; set; }

    /// <summary>Whole microseconds, as everywhere.</summary>
    public static DateTime Now => DateTime.UnixEpoch.AddMicroseconds(Math.Floor((DateTime.UtcNow - DateTime.UnixEpoch).TotalMicroseconds));

    public abstract FileEntry Entry(ReadOnlyMemory<byte> name);
}

/// <summary>Bytes that only a staged file changes; published ones are replaced whole.</summary>
internal sealed class MemoryFile : MemoryNode
{
    private static long _last;
    private readonly long _number = Interlocked.Increment(ref _last);

    public MemoryFile() => Mode = 0x1a4; // 0644

    public MemoryStream Content { get; } = new();

    public Usage Usage => new(Content.Length, 1);

    public override FileEntry Entry(ReadOnlyMemory<byte> name) => new(name, EntryKind.File, Content.Length, Modified, Mode, null, $"{_number:x}");
}

/// <summary>Names and what they name.</summary>
internal sealed class MemoryFolder : MemoryNode
{
    public MemoryFolder() => Mode = 0x1ed; // 0755

    /// <summary>By the name's bytes, one character each.</summary>
    public SortedDictionary<string, MemoryNode> Children { get; } = new(StringComparer.Ordinal);

    public override FileEntry Entry(ReadOnlyMemory<byte> name) => new(name, EntryKind.Folder, 0, Modified, Mode);
}
