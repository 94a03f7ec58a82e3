using Argosy.Files;
using Argosy.Server;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Cli.Hosting;

/// <summary>The accounts in a server's data folder, opened beside the server that may be running.</summary>
internal sealed class AccountFolder : IDisposable
{
    private AccountFolder(string path, IAccountStore store) => (Path, Store, Homes) = (path, store, HomePlan.Open(path));

    public string Path { get; }

    public IAccountStore Store { get; }

    /// <summary>Where homes are, as far as the server has told.</summary>
    public HomePlan Homes { get; }

    /// <summary>Opens the folder that the option or the environment names. Only commands that add accounts make it.</summary>
    public static AccountFolder Open(string? data, bool make = false)
    {
        var options = ServerOptions.From(
        [
            .. ConfigurationFile.ReadEnvironment(EnvironmentVariables.All).Where(value => IsAbout(value, "Server:Data") || IsAbout(value, "Accounts:Store")),
            .. data is null ? [] : new[] { new SettingValue("Server:Data", data, "--data") },
        ]);
        if (make) DataFolder.Ensure(options.Data);
        else if (!Directory.Exists(options.Data))
            throw new CommandException($"there is no data folder {options.Data}; \"user add\" makes it, or choose another with --data DIR");
        return new AccountFolder(options.Data, PartsCatalog.AccountStore(options.AccountStore)(options.Data, NullLoggerFactory.Instance));
    }

    /// <summary>A name for a new account, in the form in which names are compared (NFKC).</summary>
    public static string NewName(string typed)
    {
        try
        {
            return AccountName.Normalize(typed);
        }
        catch (FormatException error)
        {
            throw new CommandException($"\"{typed}\" cannot be an account's name. {error.Message}", exitCode: 2);
        }
    }

    /// <summary>The account of that name.</summary>
    public Account Get(string name) =>
        (AccountName.TryNormalize(name, out var normal, out _) ? Store.Find(normal) : null)
        ?? throw Missing(name);

    /// <summary>Refuses an account that the server could not serve, or to which it would give what is another's.</summary>
    /// <param name="account">As it would be.</param>
    /// <param name="done">The participle of what is refused.</param>
    public void RequireHome(Account account, string done)
    {
        if (Homes.Fault(account, Store.List()) is { } fault) throw new CommandException($"{account.Name} was not {done}: {fault}");
    }

    /// <summary>Changes one as it stands now: what somebody else changed while a password was typed stays changed.</summary>
    public Account Change(string name, Func<Account, Account> change)
    {
        var changed = Store.Change(Get(name).Name, change) ?? throw Missing(name); // Removed meanwhile.
        DataFolder.KeepOwner(Path);
        return changed;
    }

    public void Save(Account account)
    {
        Store.Save(account);
        DataFolder.KeepOwner(Path);
    }

    public void Remove(string name)
    {
        Store.Remove(name);
        DataFolder.KeepOwner(Path);
    }

    /// <summary>Adds the accounts of an INI file: all or none.</summary>
    public IReadOnlyList<Account> Import(string file, bool replace)
    {
        try
        {
            var added = AccountImport.Import(File.ReadAllBytes(file), Store, replace, Homes.Fault);
            DataFolder.KeepOwner(Path);
            return added;
        }
        catch (AccountImportException error)
        {
            throw new CommandException($"{file}: {error.Message} Nothing was imported.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file} cannot be read. {IoFault.Describe(error, file)}");
        }
    }

    public void Dispose() => (Store as IDisposable)?.Dispose();

    private CommandException Missing(string name) =>
        new($"there is no account \"{name}\" in {Path}{NearestWord.Hint(name, Store.List().Select(account => account.Name))}");

    private static bool IsAbout(SettingValue value, string key) => value.Key.Equals(key, StringComparison.OrdinalIgnoreCase);
}
