using Microsoft.Win32.SafeHandles;

namespace Argosy.Client;

/// <summary>A local file on its way up: its bytes, and what is known of it.</summary>
internal sealed class LocalFile : IAsyncDisposable
{
    private LocalFile(FileStream content, FileFacts? facts) => (Content, Facts) = (content, facts);

    public FileStream Content { get; }

    /// <summary>Known of regular files, on Linux.</summary>
    public FileFacts? Facts { get; }

    /// <summary>Where it lies, for <see cref="UnfinishedTransfers"/>; null where that cannot be said in text.</summary>
    public string? Path { get; init; }

    /// <summary>False once it is not what it was when it was opened.</summary>
    public bool IsUnchanged => Facts is not { } facts || (Posix.Stat(Content.SafeFileHandle, out var now) == 0 && now.Stamp == facts.Stamp);

    public static LocalFile Open(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"“{Terminal.Escape(path)}” is a folder, not a file.");
        var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var isKnown = Read(content.SafeFileHandle, out var facts) && facts.Kind == EntryKind.File;
        return new LocalFile(content, isKnown ? facts : null) { Path = System.IO.Path.GetFullPath(path) };
    }

    public static LocalFile Of(SafeFileHandle file, FileFacts facts, string? path) =>
        new(new FileStream(file, FileAccess.Read, bufferSize: 0), facts) { Path = path };

    private static bool Read(SafeFileHandle file, out FileFacts facts)
    {
        facts = default;
        return OperatingSystem.IsLinux() && Posix.Stat(file, out facts) == 0;
    }

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
