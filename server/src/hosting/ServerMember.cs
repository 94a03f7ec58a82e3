using System.Net;
using Argosy.Files;
using Argosy.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Server;

/// <summary>
/// What every process of a server opens: accounts, certificate, logins and files. Processes that serve one data folder share the rest through what
/// lies there: accounts and certificate are read again when they change, quotas, places and bans are counted in the ledger.
/// </summary>
internal sealed class ServerMember : IAsyncDisposable
{
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;
    private readonly bool _isOwner;
    private readonly Farewells _farewells = new();
    private IStorage? _storage;
    private FileService? _files;

    /// <summary>Reads accounts and certificate.</summary>
    /// <param name="options">The server's options.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="isOwner">True in the process that has taken the data folder: it makes and renews the certificate, the others read it.</param>
    /// <param name="certificates">The certificate, where it had to be read before.</param>
    /// <exception cref="AccountStoreException">The accounts cannot be read.</exception>
    /// <exception cref="StartException">The certificate is unusable.</exception>
    public ServerMember(ServerOptions options, ILoggerFactory logs, bool isOwner, CertificateStore? certificates = null)
    {
        (Options, _logs, _log, _isOwner) = (options, logs, logs.CreateLogger<FileTransferServer>(), isOwner);
        Certificates = certificates ?? new CertificateStore(options, mayMake: isOwner);
        Accounts = PartsCatalog.AccountStore(options.AccountStore)(options.Data, logs);
    }

    public ServerOptions Options { get; }

    public IAccountStore Accounts { get; }

    public CertificateStore Certificates { get; }

    /// <summary>Opens storage and file service: with the rights of the user who serves, from here on.</summary>
    /// <exception cref="FileException">The staging folder cannot be had.</exception>
    /// <exception cref="HomeException">Homes get in each other's way.</exception>
    public void OpenFiles()
    {
        _storage = PartsCatalog.Storage(Options.Storage)(Options);
        _files = new FileService(FileOptions(Options) with { IsMember = !_isOwner }, Accounts, _storage, _logs.CreateLogger<FileService>());
    }

    /// <summary>What serves a front end's connections. Files are open when it is first asked for a handler.</summary>
    public Func<ConnectionHandler> Handlers(FrontEnd frontEnd)
    {
        var handlers = new Lazy<Func<ConnectionHandler>>(() => frontEnd.Create(new FrontEndParts(Options, _files!, Certificates, _logs)));
        return () => handlers.Value();
    }

    /// <summary>
    /// Why a connection is refused before it costs anything; null where it is not. A few of a banned address get as far as the front end, which tells them
    /// why they are refused; the others are closed at once.
    /// </summary>
    public string? Verify(IConnection connection) =>
        connection.RemoteEndPoint is IPEndPoint { Address: var address } && _files!.IsBanned(address) && !_farewells.TryTake() ? "its address is banned" : null;

    /// <summary>Reads accounts and certificate again; true where the certificate changed. What cannot be read is logged and stays as it was.</summary>
    public bool Reload()
    {
        var isNew = false;
        try
        {
            isNew = Certificates.Reload();
        }
        catch (StartException error)
        {
            _log.LogWarning("The old certificate stays: {Reason}", error.Message);
        }

        try
        {
            _files?.Reload();
        }
        catch (Exception error) when (error is AccountStoreException or IOException or UnauthorizedAccessException)
        {
            _log.LogWarning("The accounts stay as they were: {Reason}", error is AccountStoreException ? error.Message : SystemReason.Of(error));
        }

        return isNew;
    }

    /// <summary>Another process of this server has died: see <see cref="FileService.SettleAnew"/>.</summary>
    public void SettleAnew() => _files?.SettleAnew();

    public async ValueTask DisposeAsync()
    {
        if (_files is not null) await _files.DisposeAsync();
        (_storage as IDisposable)?.Dispose();
        (Accounts as IDisposable)?.Dispose();
    }

    /// <summary>The part of the options that concerns the file service.</summary>
    public static FileServiceOptions FileOptions(ServerOptions options) => new()
    {
        Root = options.Root,
        Data = options.Data,
        LedgerFolder = options.LedgerFolder,
        Anonymous = options.Anonymous,
        DefaultQuotaBytes = options.QuotaBytes,
        MinFree = options.MinFree,
        Bans = options.Bans,
        KeepUnfinished = options.KeepUnfinished,
        Limits = options.Sessions,
    };
}
