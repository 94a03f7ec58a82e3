namespace Argosy.Client;

/// <summary>
/// A name as the server is told it: bytes, because a home may hold names of any encoding. A leading <c>/</c> means the home.
/// A string converts by itself, as <see cref="ByteText"/>: UTF-8, and bytes that are none.
/// </summary>
public readonly struct RemotePath : IEquatable<RemotePath>
{
    private readonly ReadOnlyMemory<byte> _bytes;

    private RemotePath(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>The home: <c>/</c>.</summary>
    public static RemotePath Root { get; } = new("/"u8.ToArray());

    /// <summary>The path exactly as it is sent.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.IsEmpty ? Root._bytes : _bytes;

    /// <summary>True when it ends in a slash, or in <c>.</c> or <c>..</c>: only a folder can be meant.</summary>
    public bool MeansFolder => Name.IsEmpty || Name.Span is [(byte)'.'] or [(byte)'.', (byte)'.'];

    /// <summary>What follows the last slash; empty after a trailing one.</summary>
    public ReadOnlyMemory<byte> Name => Bytes[(Bytes.Span.LastIndexOf((byte)'/') + 1)..];

    /// <summary>A path from the bytes that the server knows.</summary>
    /// <exception cref="FormatException">A NUL in it.</exception>
    public static RemotePath FromBytes(ReadOnlyMemory<byte> bytes) => bytes.Span.Contains((byte)0)
        ? throw new FormatException("A name holds a NUL, which no name can.")
        : new RemotePath(bytes);

    /// <summary>A path from text, as <see cref="ByteText"/>.</summary>
    /// <exception cref="FormatException">A NUL in it, or half a surrogate pair that stands for no byte.</exception>
    public static RemotePath FromText(string text) => FromBytes(ByteText.ToBytes(text));

    /// <summary>A path from text, as <see cref="FromText"/>.</summary>
    public static implicit operator RemotePath(string text) => FromText(text);

    /// <summary>The place called <paramref name="name"/> in this folder.</summary>
    public RemotePath Append(ReadOnlyMemory<byte> name)
    {
        var folder = Bytes.Span;
        return FromBytes(folder[^1] == (byte)'/' ? (byte[])[.. folder, .. name.Span] : [.. folder, (byte)'/', .. name.Span]);
    }

    /// <summary>True where it is <paramref name="folder"/> or lies in it, by its bytes alone.</summary>
    public bool IsWithin(RemotePath folder)
    {
        ReadOnlySpan<byte> inner = Bytes.Span.TrimEnd((byte)'/'), outer = folder.Bytes.Span.TrimEnd((byte)'/');
        return inner.StartsWith(outer) && (inner.Length == outer.Length || inner[outer.Length] == (byte)'/');
    }

    /// <summary>
    /// Where words lead from this folder: a path of its own with a slash in front, else a way beneath it. <c>.</c> and <c>..</c> are taken by
    /// their names alone, without a look at links, and nothing leads above the root.
    /// </summary>
    /// <param name="words">Bytes without zero.</param>
    public RemotePath Resolve(ReadOnlySpan<byte> words)
    {
        byte[] whole = words is [(byte)'/', ..] ? words.ToArray() : [.. Bytes.Span, (byte)'/', .. words];
        var parts = new List<byte[]>();
        foreach (var range in whole.AsSpan().Split((byte)'/'))
        {
            switch (whole.AsSpan(range))
            {
                case [] or [(byte)'.']:
                    break;
                case [(byte)'.', (byte)'.']:
                    parts.RemoveRange(Math.Max(parts.Count - 1, 0), Math.Min(parts.Count, 1));
                    break;
                default:
                    parts.Add(whole[range]);
                    break;
            }
        }

        return parts.Count == 0 ? Root : FromBytes(parts.SelectMany(part => part.Prepend((byte)'/')).ToArray());
    }

    /// <inheritdoc/>
    public bool Equals(RemotePath other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RemotePath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>Byte by byte.</summary>
    public static bool operator ==(RemotePath left, RemotePath right) => left.Equals(right);

    /// <summary>Byte by byte.</summary>
    public static bool operator !=(RemotePath left, RemotePath right) => !left.Equals(right);

    /// <summary>For people: safe on a terminal and in a log.</summary>
    public override string ToString() => Terminal.Escape(Bytes.Span);
}
