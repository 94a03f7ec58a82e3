using System.Globalization;

namespace Argosy.Files;

/// <summary>
/// Accounts from the INI form: a section <c>[name]</c> for each, with <c>Password</c>, <c>Quota</c> (<c>500M</c>; or its old name <c>Quotation</c>, in
/// MiB) and <c>Home</c>; what <c>[DEFAULT]</c> says holds where a section says nothing. Only verifiers of the passwords are kept.
/// </summary>
public static class AccountImport
{
    private const string Defaults = "DEFAULT";
    private const string Password = "password";
    private const string Quota = "quota";
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
    public static IReadOnlyList<Account> Import(ReadOnlySpan<byte> ini, IAccountStore store, bool replace = false) => Import(ini, store, replace, fault: null);

    /// <inheritdoc cref="Import(ReadOnlySpan{byte}, IAccountStore, bool)"/>
    /// <param name="ini">UTF-8, with or without a byte order mark, lines ending in LF or CR LF.</param>
    /// <param name="store">Where they go.</param>
    /// <param name="replace">False refuses names that the store has already.</param>
    /// <param name="fault">Why an account may not be added, without a final stop; null where it may. It is asked of each, with all there would be.</param>
    public static IReadOnlyList<Account> Import(ReadOnlySpan<byte> ini, IAccountStore store, bool replace, Func<Account, IReadOnlyList<Account>, string?>? fault)
    {
        var sections = ReadSections(ini);
        var all = store.List();
        foreach (var (account, line) in sections)
        {
            if (!replace && store.Find(account.Name) is not null)
                throw new AccountImportException(line, ImportText.AccountExists(account.Name));
            if (fault?.Invoke(account, all) is { } reason)
                throw new AccountImportException(line, ImportText.Unserved(account.Name, reason));

            all = [.. all.Where(each => each.Name != account.Name), account];
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
                throw new AccountImportException(section.Line, ImportText.OtherSpelling(account.Name, names[account.Name]));

            accounts.Add((account, section.Line));
        }

        return accounts;
    }

    private static Account ReadAccount(ImportedSection section, Dictionary<string, ImportedValue> defaults)
    {
        if (!AccountName.TryNormalize(section.Name, out var name, out var fault)) throw new AccountImportException(section.Line, fault.TrimEnd('.'));

        var home = Find(Home);
        if (home is { } given && !Path.IsPathFullyQualified(given.Text)) throw new AccountImportException(given.Line, ImportText.HomeAbsolute);

        return new Account
        {
            Name = name,
            Verifier = ReadPassword(Find(Password) ?? throw new AccountImportException(section.Line, ImportText.NoPassword(name))),
            QuotaBytes = ReadQuota(section.Values) ?? ReadQuota(defaults),
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
            throw new AccountImportException(value.Line, ImportText.BadPassword(PasswordVerifier.MaxPasswordLength));
        }
    }

    private static long? ReadQuota(Dictionary<string, ImportedValue> values) => (values.GetValueOrDefault(Quota), values.GetValueOrDefault(Quotation)) switch
    {
        ({ Text: not null }, { Text: not null } old) => throw new AccountImportException(old.Line, ImportText.QuotaTwice),
        ({ Text: not null } quota, _) => ReadSize(quota),
        (_, { Text: not null } old) => ReadMebibytes(old),
        _ => null,
    };

    /// <summary>Bytes, or a number with K, M, G or T, powers of 1024.</summary>
    private static long ReadSize(ImportedValue value)
    {
        const string units = "KMGT";
        var number = value.Text.TrimEnd();
        if (number.EndsWith('b') || number.EndsWith('B')) number = number[..^1];
        if (number.EndsWith('i')) number = number[..^1];
        var unit = number.Length == 0 ? -1 : units.IndexOf(char.ToUpperInvariant(number[^1]));
        if (unit >= 0) number = number[..^1];
        return decimal.TryParse(number.TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            && count <= long.MaxValue && count * (1L << (10 * (unit + 1))) is var bytes && bytes <= long.MaxValue
                ? (long)bytes
                : throw new AccountImportException(value.Line, ImportText.BadQuota);
    }

    private static long ReadMebibytes(ImportedValue value) =>
        long.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes) && mebibytes <= long.MaxValue >> 20
            ? mebibytes << 20
            : throw new AccountImportException(value.Line, ImportText.BadQuotation);

    private static void RequireKnownKeys(ImportedSection section)
    {
        foreach (var (key, value) in section.Values)
        {
            if (key is not (Password or Quota or Quotation or Home))
                throw new AccountImportException(value.Line, ImportText.UnknownKey(key));
        }
    }
}
