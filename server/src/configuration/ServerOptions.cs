using System.Net;
using Argosy.Files;
using Argosy.Native;
using Argosy.Sockets;

namespace Argosy.Server;

/// <summary>How a server is set up. The defaults are safe: TLS on, nobody without an account.</summary>
public sealed record ServerOptions
{
    /// <summary>The port that URLs without one mean.</summary>
    public const int DefaultPort = 7373;

    /// <summary>The folder that holds the homes, absolute; made where it is missing.</summary>
    public string Root { get; init; } = Environment.CurrentDirectory;

    /// <summary>The data folder, absolute: accounts, certificate, usage.</summary>
    public string Data { get; init; } = DataFolder.DefaultPath;

    /// <summary>Where usage and bans are counted; null chooses a folder in memory when the server is opened.</summary>
    public string? LedgerFolder { get; init; }

    /// <summary>Where the native protocol listens.</summary>
    public IPEndPoint Listen { get; init; } = new(ListenAddress.Any, DefaultPort);

    /// <summary>The concurrency model's name in the <see cref="PartsCatalog"/>.</summary>
    public string Model { get; init; } = ConcurrencyModels.Default.Name;

    /// <summary>The storage's name in the <see cref="PartsCatalog"/>.</summary>
    public string Storage { get; init; } = "disk";

    /// <summary>The account store's name in the <see cref="PartsCatalog"/>.</summary>
    public string AccountStore { get; init; } = "file";

    /// <summary>What visitors without an account may do.</summary>
    public AnonymousAccess Anonymous { get; init; }

    /// <summary>True lets clients come without TLS.</summary>
    public bool Plain { get; init; }

    /// <summary>The user to become after binding; null stays who it is.</summary>
    public string? User { get; init; }

    /// <summary>Quota of accounts that name none, in bytes; null for none.</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>Bytes of disk that uploads must leave free.</summary>
    public long MinFree { get; init; } = 64 << 20;

    /// <summary>When an upload counts as safe.</summary>
    public Durability Durability { get; init; }

    /// <summary>How long an unfinished upload waits for its client.</summary>
    public TimeSpan KeepUnfinished { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How many connections there may be; null for what the model considers sensible.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>How many of them one IPv4 address or one IPv6 /64 may have; 0 for no limit.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 256;

    /// <summary>How many sessions accounts and visitors may have.</summary>
    public SessionLimits Sessions { get; init; } = new();

    /// <summary>How patient the native protocol is. Whether it is served without TLS is <see cref="Plain"/>, and the certificate is the server's.</summary>
    public NativeOptions Native { get; init; } = new();

    /// <summary>When an address is refused because logins from there fail.</summary>
    public BanRule Bans { get; init; } = new();

    /// <summary>How long running transfers may go on after a stop was asked for.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The operator's own certificate chain (PEM); null for a self-signed one in the data folder.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The private key of <see cref="CertificateFile"/> (PEM); null where that file holds it too.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>Host names and addresses that the self-signed certificate names besides <c>localhost</c>.</summary>
    public IReadOnlyList<string> CertificateNames { get; init; } = [];

    /// <summary>True logs every session and transfer, not only warnings and the server's own life.</summary>
    public bool Verbose { get; init; }

    /// <summary>What of its connections may be whose.</summary>
    internal ConnectionShares Shares => new(PartsCatalog.Model(Model), this);

    /// <summary>Applies values in order, so that a later one wins over an earlier one, and checks the result.</summary>
    /// <exception cref="ConfigurationException">A value does not fit; the message names it, its source and what would fit.</exception>
    public static ServerOptions From(IEnumerable<SettingValue> values)
    {
        var options = values.Aggregate(new ServerOptions(), Apply);
        options.Validate();
        return options;
    }

    private static ServerOptions Apply(ServerOptions options, SettingValue value)
    {
        var setting = Setting.Find(value.Key)
            ?? throw new ConfigurationException(
                SettingText.NoSetting(value, NearestWord.Hint(value.Key, Setting.All.Select(s => s.Key))));
        try
        {
            return string.IsNullOrWhiteSpace(value.Text) ? throw new FormatException(SettingText.Empty) : setting.Apply(options, value);
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            var reason = error is FormatException ? error.Message : SettingText.Path;
            throw new ConfigurationException(SettingText.Wrong(value, reason), error);
        }
    }

    private void Validate()
    {
        PartsCatalog.Storage(Storage);
        if (PartsCatalog.Model(Model).RunsInWorkers && Storage == PartsCatalog.MemoryStorage)
            throw new ConfigurationException(SettingText.OneProcess(Model, Storage));
        PartsCatalog.AccountStore(AccountStore);
        if (CertificateKeyFile is not null && CertificateFile is null)
            throw new ConfigurationException(SettingText.KeyAlone);
    }
}
