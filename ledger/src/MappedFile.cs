using System.ComponentModel;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Ledger;

/// <summary>A file, mapped whole, with the kernel's lock on it. Not thread-safe.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private MemoryMappedFile? _mapping;
    private MemoryMappedViewAccessor? _view;
    private byte* _start;

    internal MappedFile(string path)
    {
        Path = path;
        // Where there is no lock among processes, the second one to open the file is refused.
        var share = OperatingSystem.IsLinux() ? FileShare.ReadWrite | FileShare.Delete : FileShare.None;
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
        if (!OperatingSystem.IsWindows() && Length == 0)
            File.SetUnixFileMode(_file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    internal string Path { get; }

    /// <summary>Bytes of the file now, whoever changed it.</summary>
    internal long Length => RandomAccess.GetLength(_file);

    /// <summary>Bytes that are mapped.</summary>
    internal int MappedLength { get; private set; }

    internal Span<byte> Bytes => new(_start, MappedLength);

    /// <summary>Waits for the lock. The kernel frees it when this process ends, however it ends.</summary>
    internal void Lock()
    {
        if (!OperatingSystem.IsLinux()) return;

        while (Native.SetLock(_file, Native.F_WRLCK) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Native.EINTR)
                throw new IOException($"The ledger {Path} cannot be locked: {new Win32Exception().Message}");
        }
    }

    internal void Unlock()
    {
        if (OperatingSystem.IsLinux()) _ = Native.SetLock(_file, Native.F_UNLCK);
    }

    /// <summary>Appends zeros up to <paramref name="length"/>. They are written, so that a full disk is an error here, not a signal (SIGBUS) later.</summary>
    internal void Extend(long length)
    {
        var zeros = new byte[64 << 10];
        for (var at = Length; at < length;)
        {
            var count = (int)Math.Min(zeros.Length, length - at);
            RandomAccess.Write(_file, zeros.AsSpan(0, count), at);
            at += count;
        }
    }

    /// <summary>Maps the file as long as it is now.</summary>
    internal void Map()
    {
        Unmap();
        var length = checked((int)Length);
        _mapping = MemoryMappedFile.CreateFromFile(_file, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor(0, length);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        MappedLength = length;
    }

    public void Dispose()
    {
        Unmap();
        _file.Dispose();
    }

    private void Unmap()
    {
        if (_view is null) return;

        MappedLength = 0;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping!.Dispose();
        _view = null;
    }
}
