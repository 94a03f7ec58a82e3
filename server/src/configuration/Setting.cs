using System.Globalization;
using Argosy.Files;
using Argosy.Native;

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
        new("Native:LoginTime", "how long TLS and login may take together", (o, v) => Native(o, v, (n, time) => n with { LoginTime = time })),
        new("Native:FrameTime", "how long a header may take from its first byte to its last", (o, v) => Native(o, v, (n, time) => n with { FrameTime = time })),
        new("Native:StallTime", "how long a body, or a client that does not read, may stand still", (o, v) => Native(o, v, (n, time) => n with { StallTime = time })),
        new("Native:IdleTime", "how long a session may go without a request", (o, v) => Native(o, v, (n, time) => n with { IdleTime = time })),
        new("Native:DiscardTime", "how long a refused upload is read past before its connection is given up", (o, v) => Native(o, v, (n, time) => n with { DiscardTime = time })),
        new("Native:DiscardBytes", "how many bytes of a refused upload are read past", (o, v) => o with { Native = o.Native with { DiscardBytes = ByteSize.Parse(v.Text) } }),
        new("Native:LingerTime", "how long a client has to read the last words before its connection closes", (o, v) => Native(o, v, (n, time) => n with { LingerTime = time })),
        new("Limits:Connections", "connections at a time; more are closed", (o, v) => o with { MaxConnections = Positive(v.Text) }),
        new("Limits:ConnectionsPerAddress", "of them from one IPv4 address or IPv6 /64; 0 for no limit", (o, v) => o with { MaxConnectionsPerAddress = Number(v.Text) }),
        new("Limits:Unauthenticated", "connections that have not logged in; more are told busy; 0 for no limit", (o, v) => o with { Native = o.Native with { MaxUnauthenticated = Number(v.Text) } }),
        new("Limits:UnauthenticatedPerAddress", "of them from one address; 0 for no limit", (o, v) => o with { Native = o.Native with { MaxUnauthenticatedPerAddress = Number(v.Text) } }),
        new("Limits:SessionsPerAccount", "sessions of an account that has no limit of its own; 0 for no limit", (o, v) => o with { Sessions = o.Sessions with { PerAccount = Number(v.Text) } }),
        new("Limits:Visitors", "sessions of visitors, together; 0 for no limit", (o, v) => o with { Sessions = o.Sessions with { Visitors = Number(v.Text) } }),
        new("Limits:VisitorsPerAddress", "of them from one address; 0 for no limit", (o, v) => o with { Sessions = o.Sessions with { VisitorsFromAddress = Number(v.Text) } }),
        new("Limits:Work", "checksums and copies under way for one account in one process; more wait; 0 for no limit", (o, v) => o with { Native = o.Native with { MaxWork = Number(v.Text) } }),
        new("Accounts:Store", "what keeps the accounts", (o, v) => o with { AccountStore = v.Text }),
        new("Accounts:Anonymous", "what visitors without an account may do", (o, v) => o with { Anonymous = Access(v.Text) }),
        new("Files:Storage", "what keeps the files", (o, v) => o with { Storage = v.Text }),
        new("Files:Quota", "bytes for accounts that name no quota", (o, v) => o with { QuotaBytes = ByteSize.Parse(v.Text) }),
        new("Files:MinFree", "bytes of disk that uploads must leave free", (o, v) => o with { MinFree = ByteSize.Parse(v.Text) }),
        new("Files:Durability", "when an upload is confirmed: fast (the system has it) or strict (the disk has it)", (o, v) => o with { Durability = DurabilityOf(v.Text) }),
        new("Files:KeepUnfinished", "how long an unfinished upload waits for its client", (o, v) => o with { KeepUnfinished = TimeSpanText.ParseLong(v.Text) }),
        new("Bans:Failures", "failed logins from one address that ban it; 0 bans nobody", (o, v) => o with { Bans = o.Bans with { Failures = Number(v.Text) } }),
        new("Bans:Window", "within which time they count", (o, v) => o with { Bans = o.Bans with { Window = TimeSpanText.Parse(v.Text) } }),
        new("Bans:Time", "how long such an address is refused", (o, v) => o with { Bans = o.Bans with { Time = TimeSpanText.Parse(v.Text) } }),
        new("Certificate:File", "the operator's own certificate chain, PEM", (o, v) => o with { CertificateFile = v.FullPath }),
        new("Certificate:KeyFile", "its private key, PEM", (o, v) => o with { CertificateKeyFile = v.FullPath }),
        new("Certificate:Names", "host names and addresses that the self-signed certificate shows beside localhost", (o, v) => o with { CertificateNames = Names(v.Text) }),
        new("Log:Verbose", "true logs every session and transfer", (o, v) => o with { Verbose = Flag(v.Text) }),
    ];

    /// <summary>The setting of that key, or null.</summary>
    public static Setting? Find(string key) => All.FirstOrDefault(setting => setting.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException(SettingText.NotFromZero);

    private static int Positive(string text) => Number(text) is > 0 and var number ? number : throw new FormatException(SettingText.NotFromOne);

    private static ServerOptions Native(ServerOptions options, SettingValue value, Func<NativeOptions, TimeSpan, NativeOptions> set) =>
        options with { Native = set(options.Native, TimeSpanText.ParsePositive(value.Text)) };

    private static Durability DurabilityOf(string text) => text.ToLowerInvariant() switch
    {
        "fast" => Durability.Fast,
        "strict" => Durability.Strict,
        _ => throw new FormatException(SettingText.Durability),
    };

    private static bool Flag(string text) =>
        bool.TryParse(text, out var flag) ? flag : throw new FormatException(SettingText.Flag);

    private static IReadOnlyList<string> Names(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static AnonymousAccess Access(string text) => text.ToLowerInvariant() switch
    {
        "none" => AnonymousAccess.None,
        "ro" => AnonymousAccess.ReadOnly,
        "rw" => AnonymousAccess.ReadWrite,
        "drop" => AnonymousAccess.Drop,
        _ => throw new FormatException(SettingText.Access),
    };
}
