using System.Globalization;
using Argosy.Files;

namespace Argosy.Server;

/// <summary>One thing that can be configured: its key and what it does to the options.</summary>
/// <param name="Key"><c>Section:Key</c>, compared without case.</param>
/// <param name="Meaning">One line for documentation.</param>
/// <param name="Apply">Sets it; throws <see cref="FormatException"/> with the rest of a sentence that begins with the value.</param>
public sealed record Setting(string Key, string Meaning, Func<ServerOptions, SettingValue, ServerOptions> Apply)
{
    /// <summary>Every setting there is. A new one is one line here.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("Server:Root", "the folder that holds the homes", (o, v) => o with { Root = v.FullPath }),
        new("Server:Data", "accounts, certificate, usage; only this server's user may enter it", (o, v) => o with { Data = v.FullPath }),
        new("Server:Model", "how connections are served", (o, v) => o with { Model = v.Text }),
        new("Server:User", "whom to become after binding", (o, v) => o with { User = v.Text }),
        new("Server:Drain", "how long running transfers may go on after a stop", (o, v) => o with { Drain = TimeSpanText.Parse(v.Text) }),
        new("Native:Listen", "address and port of the native protocol", (o, v) => o with { Listen = ListenAddress.Parse(v.Text) }),
        new("Native:Plain", "true lets clients come without TLS", (o, v) => o with { Plain = Flag(v.Text) }),
        new("Accounts:Store", "what keeps the accounts", (o, v) => o with { AccountStore = v.Text }),
        new("Accounts:Anonymous", "what visitors without an account may do", (o, v) => o with { Anonymous = Access(v.Text) }),
        new("Files:Storage", "what keeps the files", (o, v) => o with { Storage = v.Text }),
        new("Files:Quota", "bytes for accounts that name no quota", (o, v) => o with { QuotaBytes = ByteSize.Parse(v.Text) }),
        new("Files:MinFree", "bytes of disk that uploads must leave free", (o, v) => o with { MinFree = ByteSize.Parse(v.Text) }),
        new("Bans:Failures", "failed logins from one address that ban it; 0 bans nobody", (o, v) => o with { Bans = o.Bans with { Failures = Number(v.Text) } }),
        new("Bans:Window", "within which time they count", (o, v) => o with { Bans = o.Bans with { Window = TimeSpanText.Parse(v.Text) } }),
        new("Bans:Time", "how long such an address is refused", (o, v) => o with { Bans = o.Bans with { Time = TimeSpanText.Parse(v.Text) } }),
        new("Certificate:File", "the operator's own certificate chain, PEM", (o, v) => o with { CertificateFile = v.FullPath }),
        new("Certificate:KeyFile", "its private key, PEM", (o, v) => o with { CertificateKeyFile = v.FullPath }),
        new("Certificate:Names", "more host names and addresses for the certificate", (o, v) => o with { CertificateNames = Names(v.Text) }),
        new("Log:Verbose", "true logs every session and transfer", (o, v) => o with { Verbose = Flag(v.Text) }),
    ];

    /// <summary>The setting of that key, or null.</summary>
    public static Setting? Find(string key) => All.FirstOrDefault(setting => setting.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException("is not a whole number from 0");

    private static bool Flag(string text) =>
        bool.TryParse(text, out var flag) ? flag : throw new FormatException("is neither true nor false");

    private static IReadOnlyList<string> Names(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static AnonymousAccess Access(string text) => text.ToLowerInvariant() switch
    {
        "none" => AnonymousAccess.None,
        "ro" => AnonymousAccess.ReadOnly,
        "rw" => AnonymousAccess.ReadWrite,
        "drop" => AnonymousAccess.Drop,
        _ => throw new FormatException("is not one of ro (list and read), rw (also write), drop (create only), none"),
    };
}
