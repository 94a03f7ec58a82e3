using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Argosy.Files;

/// <summary>
/// Where every account's home is, and which of them get in each other's way (docs/decisions/0003-homes.md). Computed once for a set of
/// accounts.
/// </summary>
public sealed class HomeMap
{
    private readonly string _root;
    private readonly Func<string, string, bool> _wasServed;
    private readonly Dictionary<string, Home> _homes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _conflicts = new(StringComparer.Ordinal);

    /// <summary>Looks at the homes of <paramref name="accounts"/> and at what lies where on this machine's disks now.</summary>
    public HomeMap(FileServiceOptions options, IReadOnlyList<Account> accounts)
        : this(options, accounts, static (_, _) => false)
    {
    }

    /// <param name="options">ROOT and data folder.</param>
    /// <param name="accounts">All of them.</param>
    /// <param name="wasServed">Whether an account of that name was served at that place before: then a conflict is the newcomer's.</param>
    /// <param name="before">The map of the accounts as they were, from which the places of those that did not change are taken: to look for links on
    /// a disk takes time, and for ever where the disk hangs. Null looks again.</param>
    /// <param name="version">Of the accounts.</param>
    internal HomeMap(
        FileServiceOptions options, IReadOnlyList<Account> accounts, Func<string, string, bool> wasServed, HomeMap? before = null, long version = 0)
    {
        (_wasServed, Version) = (wasServed, version);
        _root = before?._root ?? RealPath.Of(options.Root);
        Data = before?.Data ?? RealPath.Of(options.Data);
        if (RealPath.Overlap(_root, Data))
            Fault = HomeText.DataInRoot(Data, _root);

        var ledger = options.LedgerFolder is { } folder ? RealPath.Of(folder) : null;
        var homes = new List<(string Name, string Place)>();
        if (options.Anonymous != AnonymousAccess.None) homes.Add((AccountName.Anonymous, _root));
        foreach (var account in accounts)
        {
            if (Find(account, before) is not { } place) continue;

            _homes[account.Name] = new Home(account.Home, place);
            homes.Add((account.Name, place));
            if (RealPath.Overlap(place, Data))
                _conflicts[account.Name] = HomeText.OverlapsData(place, Data);
            if (ledger is not null && RealPath.Overlap(place, ledger))
                _conflicts[account.Name] = HomeText.OverlapsLedger(place, ledger);
        }

        FindOverlaps(homes);
        string[] inner = [.. _homes.Values.Select(home => home.Place).Where(IsChildOfRoot).Select(place => "/" + Path.GetFileName(place)).Distinct().Order(StringComparer.Ordinal)];

        // The same list as long as it says the same: sessions are compared with it several times a second.
        Inner = before is not null && before.Inner.SequenceEqual(inner) ? before.Inner : inner;
        InnerStamp = Stamp(Inner);
    }

    /// <summary>Why nothing can be served at all, or null.</summary>
    public string? Fault { get; }

    /// <summary>Why an account's home cannot be served, by the account's name. The message is for the operator.</summary>
    public IReadOnlyDictionary<string, string> Conflicts => _conflicts;

    /// <summary>The accounts' version that it was made of.</summary>
    internal long Version { get; }

    /// <summary>Homes directly in ROOT, as paths from it: closed to whoever has ROOT itself.</summary>
    internal IReadOnlyList<string> Inner { get; }

    /// <summary>A number that stands for <see cref="Inner"/>, below 2^40.</summary>
    internal long InnerStamp { get; }

    /// <summary>ROOT, links resolved.</summary>
    internal string Root => _root;

    private string Data { get; }

    /// <summary>The home of an account that was there when the map was made; null otherwise.</summary>
    internal string? PlaceOf(string name) => _homes.TryGetValue(name, out var home) ? home.Place : null;

    /// <summary>The paths of a home that are other accounts' homes.</summary>
    internal IReadOnlyList<string> ClosedIn(string place) => place == _root ? Inner : [];

    /// <summary>True for homes that are closed to whoever has ROOT.</summary>
    internal bool IsChildOfRoot(string place) => Path.GetDirectoryName(place) == _root;

    /// <summary>Where an account's home is; null, and a conflict of its own, where that cannot be told.</summary>
    private string? Find(Account account, HomeMap? before)
    {
        // Never resolved: what lies at ROOT/NAME may be what others put there, and a link leads where they want. It is opened without following any.
        if (account.Home is not { } named) return Path.Combine(_root, account.Name);
        if (before is not null && before._homes.TryGetValue(account.Name, out var known) && known.Named == named) return known.Place;

        try
        {
            return RealPath.Of(named);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _conflicts[account.Name] = HomeText.Nowhere(named);
            return null;
        }
    }

    private static long Stamp(IReadOnlyList<string> inner) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', inner)))) & ((1L << 40) - 1);

    /// <summary>In order of their paths, every home comes right behind those that it lies in.</summary>
    private void FindOverlaps(List<(string Name, string Place)> homes)
    {
        var around = new Stack<(string Name, string Place)>();
        foreach (var home in homes.OrderBy(each => each.Place + Path.DirectorySeparatorChar, StringComparer.Ordinal))
        {
            while (around.TryPeek(out var outer) && !RealPath.Contains(outer.Place, home.Place)) around.Pop();
            foreach (var outer in around.Where(outer => !MayLieIn(outer, home))) Blame(outer, home);

            around.Push(home);
        }
    }

    /// <summary>Whoever was served there goes on: an account that is added, or moved, must not put out another. Where both or neither were, both stay out.</summary>
    private void Blame((string Name, string Place) outer, (string Name, string Place) inner)
    {
        var fault = HomeText.Overlap(outer.Name, outer.Place, inner.Name, inner.Place);
        var (outerWas, innerWas) = (_wasServed(outer.Name, outer.Place), _wasServed(inner.Name, inner.Place));
        if (!outerWas || innerWas) _conflicts.TryAdd(outer.Name, fault);
        if (!innerWas || outerWas) _conflicts.TryAdd(inner.Name, fault);
    }

    private bool MayLieIn((string Name, string Place) outer, (string Name, string Place) inner)
    {
        if (outer.Place != _root) return false;

        // ROOT's visitors and ROOT's one account see the same files; a direct child is closed to both.
        var sharesRoot = inner.Place == _root && (outer.Name == AccountName.Anonymous || inner.Name == AccountName.Anonymous);
        return sharesRoot || IsChildOfRoot(inner.Place);
    }

    private readonly record struct Home(string? Named, string Place);
}
