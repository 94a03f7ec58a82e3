namespace Argosy.Client;

/// <summary>
/// A local file or folder could not be used. The message names it and says why, in this library's own words, and is safe to show. It is an
/// <see cref="IOException"/>, so that whoever catches these as everywhere catches this; what is said of it is none of the system's.
/// </summary>
public sealed class LocalFileException : IOException
{
    internal LocalFileException(LocalFault fault, string path, string words, Exception? inner = null)
        : base(path.Length == 0 ? words : $"{Terminal.Escape(path)}: {words}", inner) => (Fault, Path, Words) = (fault, path, words);

    /// <summary>What is wrong.</summary>
    public LocalFault Fault { get; }

    /// <summary>The file or folder, as far as it is known by name, as <see cref="ByteText"/>; not escaped.</summary>
    public string Path { get; }

    /// <summary>What is wrong, without the name: part of a sentence for people.</summary>
    public string Words { get; }

    /// <summary>
    /// Translates what the base library throws about a file: the one place where that is done. Others than <see cref="IOException"/> and
    /// <see cref="UnauthorizedAccessException"/> give null.
    /// </summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="path">The file, as <see cref="ByteText"/>.</param>
    /// <param name="isWritten">True where it was to be written, else read.</param>
    public static LocalFileException? Of(Exception exception, string path, bool isWritten) => exception switch
    {
        LocalFileException known => known,
        FileNotFoundException or DirectoryNotFoundException => LocalErrors.Make(LocalErrors.NotFound, path, isWritten, exception),
        PathTooLongException => LocalErrors.Make(LocalErrors.NameTooLong, path, isWritten, exception),
        UnauthorizedAccessException => LocalErrors.Make(Number(exception.InnerException) ?? LocalErrors.NotPermitted, path, isWritten, exception),
        EndOfStreamException => new LocalFileException(LocalFault.Changed, path, "became shorter while it was read", exception),
        IOException => LocalErrors.Make(Number(exception) ?? LocalErrors.InputOutput, path, isWritten, exception),
        _ => null,
    };

    // On Unix the base library puts errno there.
    private static int? Number(Exception? exception) => exception is { HResult: > 0 and < 4096 and var number } ? number : null;
}
