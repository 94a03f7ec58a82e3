using System.Runtime.InteropServices;

namespace Argosy.Ledger;

/// <summary>One key's strikes, 48 bytes. All zero: free.</summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct Strike
{
    [FieldOffset(0)]
    internal UInt128 Key;

    /// <summary>Milliseconds: when the first of them came.</summary>
    [FieldOffset(16)]
    internal long Since;

    /// <summary>Milliseconds: when the key is in again; zero while it is not out.</summary>
    [FieldOffset(24)]
    internal long Until;

    [FieldOffset(32)]
    internal int Count;

    /// <summary>No longer than a penalty lasts, whatever a damaged entry says.</summary>
    internal readonly bool IsOut(long now, StrikeRule rule) => Until > now && Until - now <= Strikes.Milliseconds(rule.Penalty);

    /// <summary>True where what it counts is of the present window.</summary>
    internal readonly bool Counts(long now, StrikeRule rule) =>
        Until == 0 && Count > 0 && Since <= now && now - Since <= Strikes.Milliseconds(rule.Window);
}

/// <summary>The mapped file as sets of eight entries; a key has its place in one set.</summary>
/// <remarks>
/// <code>
/// offset  size
///      0     8  "ARGSTRIK"
///      8     4  version
///     12     4  number of entries
///     16    16  the machine's boot
///     32    16  random: nobody can choose keys that fall into one set
///     64        entries
/// </code>
/// </remarks>
internal readonly ref struct StrikeTable(Span<byte> bytes)
{
    private const int HeaderSize = 64;
    private const int Ways = 8;
    private const int Sets = 2_048;
    private const ulong Signature = 0x4B495254_53475241;
    private const int Version = 1;

    internal const int MostKeys = Ways * Sets;
    internal const int Size = HeaderSize + (MostKeys * 48);

    private readonly Span<byte> _bytes = bytes;

    internal Span<Strike> Entries => MemoryMarshal.Cast<byte, Strike>(_bytes[HeaderSize..Size]);

    private ref Header Head => ref MemoryMarshal.AsRef<Header>(_bytes);

    internal bool IsOf(Guid boot) => Head.Signature == Signature && Head.Version == Version && Head.Keys == MostKeys && Head.Boot == boot;

    internal void Empty(Guid boot)
    {
        _bytes.Clear();
        Head = new Header { Version = Version, Keys = MostKeys, Boot = boot, Seed = Guid.NewGuid() };
        Head.Signature = Signature; // Last: a process that dies before leaves a file that the next one empties.
    }

    /// <summary>The index of a key's entry, or -1.</summary>
    internal int Find(UInt128 key)
    {
        var first = FirstOf(key);
        for (var at = first; at < first + Ways; at++)
        {
            if (Entries[at].Key == key) return at;
        }

        return -1;
    }

    /// <summary>The key's entry; a new one takes the place of what matters least.</summary>
    internal ref Strike Claim(UInt128 key, long now, StrikeRule rule)
    {
        if (Find(key) is var found && found >= 0) return ref Entries[found];

        var first = FirstOf(key);
        var least = first;
        for (var at = first + 1; at < first + Ways; at++)
        {
            if (Worth(Entries[at], now, rule).CompareTo(Worth(Entries[least], now, rule)) < 0) least = at;
        }

        Entries[least] = new Strike { Key = key };
        return ref Entries[least];
    }

    // What has lapsed goes first, then whose window began first, and who is out only among others who are: the one that is in again first.
    private static (int Class, long Time) Worth(in Strike entry, long now, StrikeRule rule) =>
        entry.IsOut(now, rule) ? (2, entry.Until) : entry.Counts(now, rule) ? (1, entry.Since) : (0, 0);

    private int FirstOf(UInt128 key)
    {
        var seed = MemoryMarshal.Cast<Guid, ulong>(new ReadOnlySpan<Guid>(in Head.Seed));
        var mixed = ((ulong)(key >> 64) ^ seed[0]) * 0x9E3779B97F4A7C15;
        mixed = ((ulong)key ^ mixed ^ (mixed >> 29) ^ seed[1]) * 0xBF58476D1CE4E5B9;
        return (int)((mixed ^ (mixed >> 32)) % Sets) * Ways;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        internal ulong Signature;
        internal int Version;
        internal int Keys;
        internal Guid Boot;
        internal Guid Seed;
    }
}
