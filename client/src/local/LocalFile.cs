using Microsoft.Win32.SafeHandles;

namespace Argosy.Client;

/// <summary>A local file on its way up: its bytes, and what is known of it.</summary>
internal sealed class LocalFile : IAsyncDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly Func<string?> _path;
    private OpenFiles.Place _place;
    private FileStream? _content;

    private LocalFile(SafeFileHandle handle, FileFacts? facts, Func<string?> path) => (_handle, Facts, _path) = (handle, facts, path);

    /// <summary>Its bytes as a stream.</summary>
    public FileStream Content => _content ??= new FileStream(_handle, FileAccess.Read, bufferSize: 0);

    /// <summary>Known of regular files, on Linux.</summary>
    public FileFacts? Facts { get; }

    /// <summary>Where it lies, for <see cref="UnfinishedTransfers"/>; null where that cannot be said in text.</summary>
    public string? Path => _path();

    /// <summary>False once it is not what it was when it was opened.</summary>
    public bool IsUnchanged => Facts is not { } facts || (Posix.Stat(_handle, out var now) == 0 && now.IsSameVersion(facts));

    public static LocalFile Open(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"“{Terminal.Escape(path)}” is a folder, not a file.");
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var isKnown = Read(handle, out var facts) && facts.Kind == EntryKind.File;
        return new LocalFile(handle, isKnown ? facts : null, () => System.IO.Path.GetFullPath(path));
    }

    /// <param name="file">Open.</param>
    /// <param name="facts">What was known of it when it was opened.</param>
    /// <param name="path">Its path, bytes as the disk has them.</param>
    /// <param name="place">Given back when it is closed.</param>
    public static LocalFile Of(SafeFileHandle file, FileFacts facts, ReadOnlyMemory<byte> path, OpenFiles.Place place = default) =>
        new(file, facts, () => PlaceName.Text(path)) { _place = place };

    /// <summary>Reads a file of known size at once, on the calling thread.</summary>
    /// <param name="buffer">One byte longer than the file is said to be, so that more than that shows.</param>
    /// <returns>
    /// How many bytes there are, as far as there is room for them. Exactly one less than that may have become more meanwhile:
    /// <see cref="IsUnchanged"/> tells, and a second look at the end would tell nothing else.
    /// </returns>
    public int ReadAll(Span<byte> buffer)
    {
        var length = 0;
        int read;
        do
        {
            read = Posix.Read(_handle, buffer[length..], length);
            if (read < 0)
                throw LocalFolder.Failure(read, Terminal.Escape(Path ?? "The file"));
            length += read;
        }
        while (read > 0 && length < buffer.Length - 1);
        return length;
    }

    private static bool Read(SafeFileHandle file, out FileFacts facts)
    {
        facts = default;
        return OperatingSystem.IsLinux() && Posix.Stat(file, out facts) == 0;
    }

    /// <summary>Closes it. Again does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_content is not null)
            await _content.DisposeAsync().ConfigureAwait(false);
        _handle.Dispose();
        _place.Dispose();
        _place = default;
    }
}
