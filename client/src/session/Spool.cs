using System.Runtime.CompilerServices;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>Bytes of a listing between their coming and their use: in memory up to a bound, then in a file that has no name.</summary>
internal sealed class Spool : IDisposable
{
    private const int InMemory = 4 * 1024 * 1024;
    private const long Most = 4L * 1024 * 1024 * 1024;
    private Stream _bytes = new MemoryStream();
    private long _count;

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> piece)
    {
        if (_bytes is MemoryStream memory && memory.Length + piece.Length > InMemory)
        {
            _bytes = OpenFile();
            memory.WriteTo(_bytes);
        }

        if (_bytes.Length + piece.Length > Most)
            throw new NotVerifiedException("The server's listing does not end; it is given up beyond 4 GiB.");
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

    public void Dispose() => _bytes.Dispose();

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

    private static FileStream OpenFile()
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
