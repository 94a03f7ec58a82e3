namespace Argosy.Files;

/// <summary>
/// Where every account's home is, and which of them get in each other's way (docs/decisions/0003-homes.md). Computed once for a set of
/// accounts.
/// </summary>
public sealed class HomeMap
{
    private readonly string _root;
    private readonly Dictionary<string, string> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _conflicts = new(StringComparer.Ordinal);

    /// <summary>Looks at the homes of <paramref name="accounts"/> and at what lies where on this machine's disks now.</summary>
    public HomeMap(FileServiceOptions options, IReadOnlyList<Account> accounts)
    {
        _root = RealPath.Of(options.Root);
        var data = RealPath.Of(options.Data);
        if (RealPath.Overlap(_root, data))
            Fault = $"The data folder {data} and the served folder {_root} overlap: give --data a folder outside.";

        var homes = new List<(string Name, string Place)>();
        if (options.Anonymous != AnonymousAccess.None) homes.Add((AccountName.Anonymous, _root));
        foreach (var account in accounts)
        {
            var place = RealPath.Of(account.Home ?? DefaultHome(account.Name));
            _places[account.Name] = place;
            homes.Add((account.Name, place));
            if (account.Home is null && place != DefaultHome(account.Name))
                _conflicts[account.Name] = $"{DefaultHome(account.Name)} is a link to {place}: make it the account's home by --home, or remove the link.";
            if (options.LedgerFolder is { } ledger && RealPath.Overlap(place, RealPath.Of(ledger)))
                _conflicts[account.Name] = $"The home {place} and {ledger}, in which usage is counted, overlap: choose another home.";
            if (RealPath.Overlap(place, data))
                _conflicts[account.Name] = $"The home {place} and the data folder {data} overlap: choose another home.";
        }

        FindOverlaps(homes);
        Inner = [.. _places.Values.Where(place => IsChildOfRoot(place)).Select(place => "/" + Path.GetFileName(place)).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Why nothing can be served at all, or null.</summary>
    public string? Fault { get; }

    /// <summary>Why an account's home cannot be served, by the account's name. The message is for the operator.</summary>
    public IReadOnlyDictionary<string, string> Conflicts => _conflicts;

    /// <summary>Homes directly in ROOT, as paths from it: closed to whoever has ROOT itself.</summary>
    internal IReadOnlyList<string> Inner { get; }

    /// <summary>The home of an account that was there when the map was made; null otherwise.</summary>
    internal string? PlaceOf(string name) => _places.GetValueOrDefault(name);

    /// <summary>ROOT, links resolved.</summary>
    internal string Root => _root;

    /// <summary>The paths of a home that are other accounts' homes.</summary>
    internal IReadOnlyList<string> ClosedIn(string place) => place == _root ? Inner : [];

    private string DefaultHome(string name) => Path.Combine(_root, name);

    private bool IsChildOfRoot(string place) => Path.GetDirectoryName(place) == _root;

    /// <summary>In order of their paths, every home comes right behind those that it lies in.</summary>
    private void FindOverlaps(List<(string Name, string Place)> homes)
    {
        var around = new Stack<(string Name, string Place)>();
        foreach (var home in homes.OrderBy(each => each.Place + Path.DirectorySeparatorChar, StringComparer.Ordinal))
        {
            while (around.TryPeek(out var outer) && !RealPath.Contains(outer.Place, home.Place)) around.Pop();
            foreach (var outer in around.Where(outer => !MayLieIn(outer, home)))
            {
                var fault = $"The homes of '{AccountName.ForLog(outer.Name)}' ({outer.Place}) and '{AccountName.ForLog(home.Name)}' ({home.Place}) overlap: give one of them another by --home.";
                _conflicts.TryAdd(outer.Name, fault);
                _conflicts.TryAdd(home.Name, fault);
            }

            around.Push(home);
        }
    }

    private bool MayLieIn((string Name, string Place) outer, (string Name, string Place) inner)
    {
        if (outer.Place != _root) return false;

        // ROOT's visitors and ROOT's one account see the same files; a direct child is closed to both.
        var sharesRoot = inner.Place == _root && (outer.Name == AccountName.Anonymous || inner.Name == AccountName.Anonymous);
        return sharesRoot || IsChildOfRoot(inner.Place);
    }
}
