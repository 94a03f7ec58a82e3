using System.Text.Json;

namespace Argosy.Files;

/// <summary>The account file's text.</summary>
internal static class AccountsJson
{
    /// <summary>The accounts of a file.</summary>
    /// <param name="text">UTF-8, with or without a byte order mark.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="AccountStoreException">Something is wrong; the message names the file and, where it can, the line.</exception>
    internal static IReadOnlyList<Account> Read(ReadOnlySpan<byte> text, string path)
    {
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        try
        {
            var stored = JsonSerializer.Deserialize(text, AccountsJsonContext.Default.StoredAccounts) ?? throw new JsonException(AccountText.ObjectMissing);
            if (stored.Version != StoredAccounts.CurrentVersion)
                throw new FormatException(AccountText.OtherVersion(stored.Version, StoredAccounts.CurrentVersion));

            return Check([.. stored.Accounts.Select(each => each.ToAccount())]);
        }
        catch (JsonException e)
        {
            throw new AccountStoreException(AccountText.Malformed(path, (e.LineNumber ?? 0) + 1, Reason(e)), e);
        }
        catch (FormatException e)
        {
            throw new AccountStoreException(AccountText.Malformed(path, e.Message), e);
        }
    }

    internal static byte[] Write(IEnumerable<Account> accounts)
    {
        var stored = new StoredAccounts { Version = StoredAccounts.CurrentVersion, Accounts = [.. accounts.Select(StoredAccount.From)] };
        return [.. JsonSerializer.SerializeToUtf8Bytes(stored, AccountsJsonContext.Default.StoredAccounts), (byte)'\n'];
    }

    private static IReadOnlyList<Account> Check(IReadOnlyList<Account> accounts)
    {
        foreach (var account in accounts) AccountRules.Require(account);

        var twice = accounts.GroupBy(each => each.Name).FirstOrDefault(each => each.Count() > 1);
        return twice is null ? accounts : throw new FormatException(AccountText.Twice(twice.Key));
    }

    /// <summary>
    /// What is wrong, in this room's words. The base library's would repeat what it found there: whoever can put another file in this one's place must not
    /// read of it in a message.
    /// </summary>
    private static string Reason(JsonException e) => e switch
    {
        { InnerException: FormatException own } => own.Message.TrimEnd('.'),
        { Path: { Length: > 1 } place } => AccountText.UnknownAt(place),
        _ => AccountText.NotAccounts,
    };
}
