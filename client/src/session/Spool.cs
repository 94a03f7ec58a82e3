using System.Runtime.CompilerServices;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// Bytes of a listing between their coming and their use: in memory up to a bound, then in a file that has no name. All of a process's
/// together have bounds too, because a tree has one waiting for each level and a server says how deep it is.
/// </summary>
/// <param name="most">How many bytes it may have.</param>
internal sealed class Spool(long most) : IDisposable
{
    /// <summary>The most bytes that wait at a time.</summary>
    public const long Most = 4L * 1024 * 1024 * 1024;

    private const int InMemory = 4 * 1024 * 1024;
    private const long AllInMemory = 16 * InMemory;
    private static long s_held;
    private static long s_waiting;

    private Stream _bytes = new MemoryStream();
    private long _length;
    private long _held;
    private long _count;
    private bool _isDisposed;

    /// <summary>Bytes that the spools of this process have in memory.</summary>
    public static long Held => Volatile.Read(ref s_held);

    /// <summary>True where nothing waits.</summary>
    public bool IsEmpty => _isDisposed || _length == 0;

    /// <summary>Takes more; what comes after <see cref="Dispose"/> is only counted.</summary>
    /// <exception cref="NotVerifiedException">It is too much.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> piece)
    {
        _length += piece.Length;
        var waiting = _isDisposed ? 0 : Interlocked.Add(ref s_waiting, piece.Length);
        if (_length > most || waiting > Most)
            throw new NotVerifiedException($"The server's listing does not end; it is given up beyond {Math.Min(most, Most)} bytes.");
        if (_isDisposed)
            return;
        if (_bytes is MemoryStream memory && !TryHold(piece.Length))
        {
            _bytes = OpenFile();
            memory.WriteTo(_bytes);
            Release();
        }

        await _bytes.WriteAsync(piece).ConfigureAwait(false);
    }

    /// <param name="count">How many lines there have to be.</param>
    public void Complete(long count) => _count = count;

    /// <summary>The lines, once.</summary>
    /// <exception cref="NotVerifiedException">They are not what a server may send.</exception>
    public async IAsyncEnumerable<ListLine> ReadLinesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var decoder = new ListDecoder();
        var buffer = new byte[64 * 1024];
        _bytes.Position = 0;
        int length;
        while ((length = await _bytes.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            for (var start = 0; start < length;)
            {
                var line = Read(decoder, buffer.AsSpan(start, length - start), out var consumed);
                start += consumed;
                if (line is not null)
                    yield return line;
            }
        }

        if (!decoder.IsAtLineStart || decoder.Count != _count)
            throw new NotVerifiedException("The listing is not complete. List again.");
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _bytes.Dispose();
        Release();
        Interlocked.Add(ref s_waiting, -_length);
    }

    private bool TryHold(int count)
    {
        if (_held + count > InMemory)
            return false;
        if (Interlocked.Add(ref s_held, count) > AllInMemory)
        {
            Interlocked.Add(ref s_held, -count);
            return false;
        }

        _held += count;
        return true;
    }

    private void Release()
    {
        Interlocked.Add(ref s_held, -_held);
        _held = 0;
    }

    private static ListLine? Read(ListDecoder decoder, ReadOnlySpan<byte> bytes, out int consumed)
    {
        try
        {
            return decoder.Read(bytes, out consumed);
        }
        catch (WireException exception)
        {
            throw new NotVerifiedException($"The listing holds a line that is none. {exception.Message}", exception);
        }
    }

    private static LocalStream OpenFile()
    {
        try
        {
            return new LocalStream(CreateFile(), Path.GetTempPath());
        }
        catch (Exception exception) when (LocalFileException.Of(exception, Path.GetTempPath(), isWritten: true) is { } failure)
        {
            throw failure;
        }
    }

    private static FileStream CreateFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(Path.Combine(Path.GetTempPath(), $"argosy-{Guid.NewGuid():N}"), options);
        if (!OperatingSystem.IsWindows())
            File.Delete(file.Name);
        return file;
    }
}
