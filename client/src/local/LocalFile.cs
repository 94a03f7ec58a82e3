using Microsoft.Win32.SafeHandles;

namespace Argosy.Client;

/// <summary>A local file on its way up: its bytes, and what is known of it.</summary>
internal sealed class LocalFile : IAsyncDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly string _place;
    private OpenFiles.Place _open;
    private Stream? _content;

    private LocalFile(SafeFileHandle handle, FileFacts? facts, string place) => (_handle, Facts, _place) = (handle, facts, place);

    /// <summary>Its bytes as a stream.</summary>
    public Stream Content => _content ??= Facts is null ? new SpecialStream(_handle, _place) : new LocalStream(_handle, FileAccess.Read, _place);

    /// <summary>The open file itself.</summary>
    public SafeFileHandle Handle => _handle;

    /// <summary>Known of regular files.</summary>
    public FileFacts? Facts { get; private set; }

    /// <summary>Where it lies, as it was said.</summary>
    public string Place => _place;

    /// <summary>False once it is not what it was when it was opened.</summary>
    public bool IsUnchanged => Facts is not { } facts || (Posix.Stat(_handle, out var now) == 0 && now.IsSameVersion(facts));

    /// <summary>Takes the file as it is now, from its beginning.</summary>
    public void LookAgain()
    {
        if (Facts is null)
            return;
        if (Posix.Stat(_handle, out var now) is < 0 and var failed)
            throw LocalErrors.Make(-failed, _place, isWritten: false);
        Facts = now;
        Content.Position = 0;
    }

    /// <summary>Opens a file by a path. One that is a pipe is not waited for: its stream waits, and can be stopped.</summary>
    /// <exception cref="LocalFileException">It is a folder, or cannot be read.</exception>
    public static LocalFile Open(string path)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Local files need Linux.");
        byte[] name = [.. LocalPath.Bytes(path), 0];
        var number = Posix.Open(name, Posix.ReadOnly | Posix.NonBlocking);
        // A regular file can be another program's alone for a moment (fcntl(2), leases); that is waited for.
        if (number == Posix.TryAgain)
            number = Posix.Open(name, Posix.ReadOnly);
        if (number < 0)
            throw LocalErrors.Make(-number, path, isWritten: false);
        var handle = new SafeFileHandle(number, ownsHandle: true);
        var result = Posix.Stat(handle, out var facts);
        if (result >= 0 && facts.Kind != EntryKind.Folder)
            return new LocalFile(handle, facts.Kind == EntryKind.File ? facts : null, path);
        handle.Dispose();
        throw result < 0 ? LocalErrors.Make(-result, path, isWritten: false) : new LocalFileException(LocalFault.IsAFolder, path, "is a folder, not a file");
    }

    /// <param name="file">Open.</param>
    /// <param name="facts">What was known of it when it was opened.</param>
    /// <param name="place">Where it lies.</param>
    /// <param name="open">Given back when it is closed.</param>
    public static LocalFile Of(SafeFileHandle file, FileFacts facts, string place, OpenFiles.Place open = default) =>
        new(file, facts, place) { _open = open };

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
                throw LocalErrors.Make(-read, _place, isWritten: false);
            length += read;
        }
        while (read > 0 && length < buffer.Length - 1);
        return length;
    }

    /// <summary>Closes it. Again does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_content is not null)
            await _content.DisposeAsync().ConfigureAwait(false);
        _handle.Dispose();
        _open.Dispose();
        _open = default;
    }
}
