using System.Globalization;

namespace Argosy.Files;

/// <summary>
/// Accounts from the INI form: a section <c>[name]</c> for each, with <c>Password</c>, <c>Quotation</c> (MiB) and <c>Home</c>; what
/// <c>[DEFAULT]</c> says holds where a section says nothing. Only verifiers of the passwords are kept.
/// </summary>
public static class AccountImport
{
    private const string Defaults = "DEFAULT";
    private const string Password = "password";
    private const string Quotation = "quotation";
    private const string Home = "home";

    /// <summary>Reads accounts without keeping them. Costs a password derivation for each.</summary>
    /// <param name="ini">UTF-8, with or without a byte order mark, lines ending in LF or CR LF.</param>
    /// <exception cref="AccountImportException">Something is wrong; the message names the line.</exception>
    public static IReadOnlyList<Account> Read(ReadOnlySpan<byte> ini) => [.. ReadSections(ini).Select(each => each.Account)];

    /// <summary>Reads accounts and adds them to a store: all or none.</summary>
    /// <param name="ini">UTF-8, with or without a byte order mark, lines ending in LF or CR LF.</param>
    /// <param name="store">Where they go.</param>
    /// <param name="replace">False refuses names that the store has already.</param>
    /// <returns>What was added.</returns>
    /// <exception cref="AccountImportException">Something is wrong; the message names the line.</exception>
    /// <exception cref="AccountStoreException">The store cannot be written.</exception>
    public static IReadOnlyList<Account> Import(ReadOnlySpan<byte> ini, IAccountStore store, bool replace = false)
    {
        var sections = ReadSections(ini);
        foreach (var (account, line) in sections)
        {
            if (!replace && store.Find(account.Name) is not null)
                throw new AccountImportException(line, $"the account '{AccountName.ForLog(account.Name)}' exists already");
        }

        IReadOnlyList<Account> accounts = [.. sections.Select(each => each.Account)];
        if (accounts.Count > 0) store.SaveAll(accounts);
        return accounts;
    }

    private static List<(Account Account, int Line)> ReadSections(ReadOnlySpan<byte> ini)
    {
        var sections = IniText.Read(ini);
        var defaults = sections.FirstOrDefault(each => each.Name == Defaults)?.Values ?? [];
        var accounts = new List<(Account Account, int Line)>();
        var names = new Dictionary<string, int>();
        foreach (var section in sections)
        {
            RequireKnownKeys(section);
            if (section.Name == Defaults) continue;

            var account = ReadAccount(section, defaults);
            if (!names.TryAdd(account.Name, section.Line))
                throw new AccountImportException(section.Line, $"'{AccountName.ForLog(account.Name)}' is the name of line {names[account.Name]} in another spelling");

            accounts.Add((account, section.Line));
        }

        return accounts;
    }

    private static Account ReadAccount(ImportedSection section, Dictionary<string, ImportedValue> defaults)
    {
        if (!AccountName.TryNormalize(section.Name, out var name, out var fault)) throw new AccountImportException(section.Line, fault.TrimEnd('.'));

        var home = Find(Home);
        if (home is { } given && !Path.IsPathFullyQualified(given.Text)) throw new AccountImportException(given.Line, "Home is an absolute path");

        return new Account
        {
            Name = name,
            Verifier = ReadPassword(Find(Password) ?? throw new AccountImportException(section.Line, $"[{AccountName.ForLog(name)}] has no Password")),
            QuotaBytes = Find(Quotation) is { } quotation ? ReadMebibytes(quotation) : null,
            Home = home?.Text,
        };

        ImportedValue? Find(string key) => section.Values.TryGetValue(key, out var value) || defaults.TryGetValue(key, out value) ? value : null;
    }

    private static PasswordVerifier ReadPassword(ImportedValue value)
    {
        try
        {
            return PasswordVerifier.Create(value.Text);
        }
        catch (ArgumentException)
        {
            // Not its message's tail, and never the password.
            throw new AccountImportException(value.Line, $"a Password has 1 to {PasswordVerifier.MaxPasswordLength} characters, none of them control characters");
        }
    }

    private static long ReadMebibytes(ImportedValue value) =>
        long.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes) && mebibytes <= long.MaxValue >> 20
            ? mebibytes << 20
            : throw new AccountImportException(value.Line, "Quotation is a whole number of MiB");

    private static void RequireKnownKeys(ImportedSection section)
    {
        foreach (var (key, value) in section.Values)
        {
            if (key is not (Password or Quotation or Home))
                throw new AccountImportException(value.Line, $"'{AccountName.ForLog(key)}' is unknown here: known are Password, Quotation, Home");
        }
    }
}
