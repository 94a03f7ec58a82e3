using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Client;

/// <summary>
/// Where a download goes. It is written beside its final name, in a hidden file that only its owner can read, and takes the name
/// by rename(2) when it is complete and verified. The hidden file's name follows from the final one, so that whoever comes again after a
/// crash finds it: to go on with it, or at least to leave no second one behind.
/// </summary>
internal sealed class LocalTarget : IAsyncDisposable
{
    private const string Prefix = ".argosy-part-";
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;
    private readonly LocalFolder _folder;
    private readonly byte[] _name;
    private readonly byte[] _staged;
    private readonly bool _overwrite;
    private readonly bool _isLasting;
    private bool _kept;

    private LocalTarget(LocalFolder folder, byte[] name, byte[] staged, SafeFileHandle file, bool overwrite, bool isLasting)
    {
        (_folder, _name, _staged, _overwrite, _isLasting) = (folder, name, staged, overwrite, isLasting);
        File = new LocalStream(file, FileAccess.ReadWrite, folder.PlaceOf(name));
    }

    /// <summary>The hidden file.</summary>
    public LocalStream File { get; }

    /// <summary>True where what was written shall stay when it is not complete, and can be found again.</summary>
    public bool IsResumable { get; set; }

    /// <summary>True for names that only hidden files of downloads have.</summary>
    public static bool IsReserved(ReadOnlySpan<byte> name) => name.StartsWith(".argosy-part-"u8);

    /// <summary>How the hidden file of a name is called. Not by the name itself, which may have 255 bytes already.</summary>
    public static string StagedName(ReadOnlySpan<byte> name) => $"{Prefix}{Convert.ToHexStringLower(SHA256.HashData(name).AsSpan(0, 8))}";

    /// <exception cref="LocalFileException">The target exists and may not be replaced, is a folder, or its folder cannot be written.</exception>
    public static LocalTarget Open(LocalFolder folder, byte[] name, bool overwrite)
    {
        switch (folder.Find(name))
        {
            case { Kind: EntryKind.Folder }:
                throw new LocalFileException(LocalFault.IsAFolder, folder.PlaceOf(name), "is a folder here; a file cannot take its place");
            case not null when !overwrite:
                throw Exists(folder, name);
        }

        var staged = Encoding.ASCII.GetBytes(StagedName(name));
        if ((folder.CreateFile(staged, name) ?? folder.ReopenFile(staged)) is { } file)
        {
            // The lock is of the open file: its name must still be this one when the lock is held.
            if (Posix.TryLock(file) && Posix.Stat(file, out var open) == 0 && folder.Find(staged) is { } named && named.Identity == open.Identity)
                return new LocalTarget(folder, name, staged, file, overwrite, isLasting: true);
            file.Dispose();
        }

        // Somebody else is fetching it too, or has taken the name.
        staged = Encoding.ASCII.GetBytes($".argosy-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        return new LocalTarget(folder, name, staged, folder.CreateFile(staged, name) ?? throw Exists(folder, staged), overwrite, isLasting: false);
    }

    /// <summary>Puts a small file that is here and verified in its place.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="name">What it is to be called there.</param>
    /// <param name="content">All of it.</param>
    /// <param name="fetched">What is known of it.</param>
    /// <param name="overwrite">Whether it may take the place of another.</param>
    /// <param name="isFolderNew">True where nothing can be left of an earlier call.</param>
    /// <exception cref="LocalFileException">As for <see cref="Open"/>.</exception>
    public static async ValueTask KeepAsync(
        LocalFolder folder, byte[] name, ReadOnlyMemory<byte> content, Fetched fetched, bool overwrite, bool isFolderNew)
    {
        if ((isFolderNew || folder.Find(Encoding.ASCII.GetBytes(StagedName(name))) is null)
            && folder.TryCreateFile(name, content.Span, NewMode(fetched.Mode), fetched.Modified))
            return;
        var target = Open(folder, name, overwrite);
        await using var cleaning = target.ConfigureAwait(false);
        target.File.SetLength(0);
        target.File.Write(content.Span);
        target.Keep(fetched);
    }

    /// <summary>Gives the file its time, permissions and name.</summary>
    public void Keep(Fetched fetched)
    {
        Check(Posix.SetMode(File.Handle, (int)FinalMode(fetched.Mode)));
        Check(Posix.SetModified(File.Handle, fetched.Modified));
        if (!_folder.Rename(_staged, _name, _overwrite))
            throw Exists(_folder, _name);
        _kept = true;
    }

    /// <summary>Removes what was not kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_kept && !(IsResumable && _isLasting && File.Length > 0))
            _folder.Remove(_staged);
        await File.DisposeAsync().ConfigureAwait(false);
    }

    private static LocalFileException Exists(LocalFolder folder, byte[] name) =>
        new(LocalFault.Exists, folder.PlaceOf(name), "already exists and was left alone");

    // A file that is replaced keeps its permissions; a new one has the server's, less what the umask denies and without set-id bits.
    private UnixFileMode FinalMode(UnixFileMode? remote) => _folder.Find(_name) is { Kind: EntryKind.File } old
        ? old.Mode & Permissions
        : NewMode(remote);

    private static UnixFileMode NewMode(UnixFileMode? remote) =>
        (remote ?? (UnixFileMode)0b110_110_110) & Permissions & ~FileCreationMask.Value;

    private void Check(int result)
    {
        if (result < 0)
            throw LocalErrors.Make(-result, _folder.PlaceOf(_name), isWritten: true);
    }
}
