using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>
/// The counters of long-lived workers, in memory that they share with their parent: a row for each, which only that worker writes. The
/// parent always sees what is true now and needs no message for it; what a dead worker counted is not lost.
/// </summary>
internal sealed unsafe class ScoreBoard : IDisposable
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC
    private const int RowBytes = 128; // no two workers write the same cache line

    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Row[] _rows;

    private ScoreBoard(SafeFileHandle file, int rows)
    {
        _file = file;
        _mapping = MemoryMappedFile.CreateFromFile(file, null, rows * RowBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor();
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _rows = [.. Enumerable.Range(0, rows).Select(i => new Row((long*)(start + (i * RowBytes)), _view))];
    }

    /// <summary>The memory, to hand to a worker.</summary>
    internal SafeFileHandle File => _file;

    internal int Rows => _rows.Length;

    /// <summary>A new board, all zero. It has no name in any file system and goes with its last user (memfd_create(2)).</summary>
    /// <exception cref="ConnectionException">No descriptors or memory are left.</exception>
    internal static ScoreBoard Create(int rows) => Open(MemoryFile("argosy-scoreboard"), rows);

    /// <summary>A worker's view of the board.</summary>
    internal static ScoreBoard Open(SafeFileHandle file, int rows)
    {
        if (RandomAccess.GetLength(file) < rows * RowBytes) RandomAccess.SetLength(file, rows * RowBytes);
        return new ScoreBoard(file, rows);
    }

    /// <summary>A nameless file in memory.</summary>
    internal static SafeFileHandle MemoryFile(string name)
    {
        var descriptor = Libc.CreateMemoryFile(name, CloseOnExec);
        if (descriptor < 0) throw ConnectionErrors.FromErrno(Marshal.GetLastPInvokeError(), "Making memory to share with worker processes");
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    internal Memory<long> this[int row] => _rows[row].Memory;

    /// <inheritdoc/>
    public void Dispose()
    {
        _mapping.Dispose();
        _file.Dispose(); // the rows keep the mapping itself: somebody may still ask for the counters
    }

    private sealed class Row(long* start, MemoryMappedViewAccessor view) : MemoryManager<long>
    {
        public override Span<long> GetSpan()
        {
            GC.KeepAlive(view);
            return new Span<long>(start, RowBytes / sizeof(long));
        }

        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
