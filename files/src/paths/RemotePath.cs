using System.Text;

namespace Argosy.Files;

/// <summary>
/// A place in a home: validated, absolute, without <c>.</c>, <c>..</c>, empty components or NUL. Bytes, not text: any
/// encoding a home's owner ever used stays reachable.
/// </summary>
public sealed class RemotePath : IEquatable<RemotePath>
{
    /// <summary>Longest component, as in the kernel's NAME_MAX.</summary>
    internal const int LongestName = 255;

    /// <summary>Longest path, as in the kernel's PATH_MAX.</summary>
    internal const int LongestPath = 4096;

    /// <summary>The bytes and a NUL, so that the kernel can be given them as they are.</summary>
    private readonly byte[] _terminated;

    private RemotePath(byte[] terminated) => _terminated = terminated;

    /// <summary>The home itself.</summary>
    public static RemotePath Root { get; } = new([0]);

    /// <summary>The path's bytes without a leading slash: what openat2(2) is given; empty for <see cref="Root"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _terminated.AsMemory(0, _terminated.Length - 1);

    /// <summary>The last component; empty for <see cref="Root"/>.</summary>
    public ReadOnlyMemory<byte> Name => Bytes[NameStart..];

    /// <summary>The folder it lies in; <see cref="Root"/> is its own parent.</summary>
    public RemotePath Parent => NameStart == 0 ? Root : FromValid(Bytes.Span[..(NameStart - 1)]);

    /// <summary>True for the home itself.</summary>
    public bool IsRoot => _terminated.Length == 1;

    /// <summary>The bytes with a final NUL.</summary>
    internal ReadOnlySpan<byte> Terminated => _terminated;

    /// <summary>The last component with a final NUL.</summary>
    internal ReadOnlySpan<byte> TerminatedName => _terminated.AsSpan(NameStart);

    private int NameStart => Bytes.Span.LastIndexOf((byte)'/') + 1;

    /// <summary>
    /// Resolves a name from the wire against a working folder. A leading <c>/</c> means the home; <c>..</c> at the home stays there
    /// (as in chroot(2)); repeated and trailing slashes vanish.
    /// </summary>
    /// <exception cref="FileException"><see cref="FileError.BadName"/>: empty, a NUL, a component over 255 bytes, a path over 4,096.</exception>
    public static RemotePath Resolve(RemotePath folder, ReadOnlySpan<byte> name)
    {
        Refuse(name.IsEmpty, NameText.Empty);
        Refuse(name.Contains((byte)0), NameText.Nul);
        Refuse(name.Length > LongestPath, NameText.PathTooLong);
        var resolved = new byte[folder._terminated.Length + name.Length + 1];
        var length = 0;
        if (name[0] != '/')
        {
            folder.Bytes.Span.CopyTo(resolved);
            length = folder.Bytes.Length;
        }

        foreach (var range in name.Split((byte)'/'))
        {
            length = Step(resolved, length, name[range]);
        }

        // The kernel's limit counts the final NUL.
        Refuse(length >= LongestPath, NameText.PathTooLong);
        return FromValid(resolved.AsSpan(0, length));
    }

    /// <summary>The same for text, as UTF-8, from the home.</summary>
    public static RemotePath Parse(string name) => Resolve(Root, Encoding.UTF8.GetBytes(name));

    /// <summary>True where <paramref name="other"/> is this path or lies beneath it.</summary>
    public bool Contains(RemotePath other)
    {
        var mine = Bytes.Span;
        var its = other.Bytes.Span;
        return IsRoot || (its.StartsWith(mine) && (its.Length == mine.Length || its[mine.Length] == '/'));
    }

    /// <summary>True where it is an entry of <paramref name="folder"/>.</summary>
    internal bool IsIn(RemotePath folder) => !IsRoot && Bytes.Span[..Math.Max(0, NameStart - 1)].SequenceEqual(folder.Bytes.Span);

    /// <inheritdoc/>
    public bool Equals(RemotePath? other) => other is not null && Terminated.SequenceEqual(other.Terminated);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RemotePath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Terminated);
        return hash.ToHashCode();
    }

    /// <summary>For people: a leading slash, control characters and bytes that are no UTF-8 escaped, safe in a log or terminal.</summary>
    public override string ToString() => "/" + Escaped.Text(Bytes.Span);

    /// <summary>The entry <paramref name="name"/> of this folder; the name comes from a listing or was validated.</summary>
    internal RemotePath Child(ReadOnlySpan<byte> name) =>
        IsRoot ? FromValid(name) : FromValid([.. Bytes.Span, (byte)'/', .. name]);

    private static RemotePath FromValid(ReadOnlySpan<byte> path) => path.IsEmpty ? Root : new([.. path, 0]);

    private static int Step(Span<byte> resolved, int length, ReadOnlySpan<byte> component)
    {
        if (component.IsEmpty || component.SequenceEqual("."u8))
        {
            return length;
        }

        if (component.SequenceEqual(".."u8))
        {
            return Math.Max(0, resolved[..length].LastIndexOf((byte)'/'));
        }

        Refuse(component.Length > LongestName, NameText.TooLong);
        if (length > 0)
        {
            resolved[length++] = (byte)'/';
        }

        component.CopyTo(resolved[length..]);
        return length + component.Length;
    }

    private static void Refuse(bool bad, string why)
    {
        if (bad)
        {
            throw new FileException(FileError.BadName, why);
        }
    }
}
