using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Files;

/// <summary>What a server would say of an account's home, asked before the account is stored: for tools that work beside the server.</summary>
public sealed class HomePlan
{
    private readonly FileServiceOptions _options;
    private readonly HomeRegister _register;

    private HomePlan(FileServiceOptions options, HomeRegister register, string? root) => (_options, _register, Root) = (options, register, root);

    /// <summary>The ROOT that was served last with this data folder; null where none was yet.</summary>
    public string? Root { get; }

    /// <summary>Reads what the data folder tells of ROOT and homes.</summary>
    public static HomePlan Open(string data)
    {
        var register = new HomeRegister(data, NullLogger.Instance);
        var root = register.LastRoot;

        // Without a ROOT there are no homes in it to be in anybody's way: one that nothing lies in stands for it.
        return new HomePlan(new FileServiceOptions { Root = root ?? "/proc/self/none", Data = data }, register, root);
    }

    /// <summary>Where an account's files are; null where that is not known before ROOT is served.</summary>
    public string? PlaceOf(Account account) => account.Home ?? (Root is null ? null : Path.Combine(Root, account.Name));

    /// <summary>Why an account could not be served, as a sentence without its final stop; null where nothing is known to be in its way.</summary>
    /// <param name="account">As it would be.</param>
    /// <param name="all">All accounts as they are; one of that name is replaced.</param>
    public string? Fault(Account account, IReadOnlyList<Account> all)
    {
        var isNew = all.All(each => each.Name != account.Name);
        var map = new HomeMap(_options, [.. all.Where(each => each.Name != account.Name), account], WasServed);
        if (map.Conflicts.TryGetValue(account.Name, out var conflict)) return conflict.TrimEnd('.');
        if (account.Home is not null || Root is null) return null;

        var place = Path.Combine(Root, account.Name);
        if (HomeFolders.Lies(place) is not { } lies || (!isNew && WasServed(account.Name, place))) return null;

        return lies == EntryKind.Folder
            ? $"its home would be {place}, where there is a folder already. To give it that folder with what is in it, say --home {place}; else choose another name or home"
            : $"its home would be {place}, where something else lies already. Move that away, or choose another name or home";

        bool WasServed(string name, string where) => _register.StateOf(name, where) >= HomeState.Made;
    }
}
