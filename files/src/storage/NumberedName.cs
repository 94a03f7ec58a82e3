using System.Globalization;
using System.Text;

namespace Argosy.Files;

/// <summary>The names that a taken name gives way to: <c>name (2).ext</c>, <c>name (3).ext</c>…</summary>
internal static class NumberedName
{
    /// <summary>The last number that is tried.</summary>
    public const int Most = 10_000;

    /// <summary>The <paramref name="number"/>th name; the first is the name itself. Kept within 255 bytes, never cutting a UTF-8 sequence.</summary>
    public static byte[] Of(ReadOnlySpan<byte> name, int number)
    {
        if (number == 1)
        {
            return name.ToArray();
        }

        var dot = name.LastIndexOf((byte)'.');
        var extension = dot > 0 ? name[dot..] : default;
        var stem = name[..(name.Length - extension.Length)];
        var suffix = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" ({number})"));
        if (extension.Length > RemotePath.LongestName / 2)
        {
            stem = name;
            extension = default;
        }

        return [.. Cut(stem, RemotePath.LongestName - suffix.Length - extension.Length), .. suffix, .. extension];
    }

    /// <summary>
    /// A number whose name is free though the one before is taken, or 1; null where there seems to be none. Numbers are given out in a row, so that
    /// doubling and halving finds its end with few questions; where some were removed, one of the gaps may be found.
    /// </summary>
    public static int? FindFree(Func<int, bool> isTaken)
    {
        if (!isTaken(1))
        {
            return 1;
        }

        var (taken, free) = (1, 2);
        while (free <= Most && isTaken(free))
        {
            (taken, free) = (free, free * 2);
        }

        free = Math.Min(free, Most + 1);
        while (free - taken > 1)
        {
            var middle = taken + ((free - taken) / 2);
            (taken, free) = isTaken(middle) ? (middle, free) : (taken, middle);
        }

        return free <= Most ? free : null;
    }

    public static FileException AllTaken(RemotePath path) =>
        new(FileError.AlreadyExists, PlaceText.TooManyOfThatName(path));

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> stem, int most)
    {
        if (stem.Length <= most)
        {
            return stem;
        }

        // Back to a byte that begins a character: continuation bytes are 10xxxxxx.
        while (most > 0 && (stem[most] & 0xc0) == 0x80)
        {
            most--;
        }

        return stem[..most];
    }
}
