using System.Net;
using Argosy.Files;
using Argosy.Ledger;
using Argosy.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Server;

/// <summary>
/// The whole server: data folder, accounts, certificate, file service, and a stream server for each front end. Open it, add a first
/// account where there is none, start it, stop it.
/// </summary>
public sealed class FileTransferServer : IAsyncDisposable
{
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;
    private readonly DataFolder _data;
    private readonly IReadOnlyList<string>? _worker;
    private readonly ServerMember _member;
    private readonly List<(FrontEnd FrontEnd, StreamServer Server)> _servers = [];

    private FileTransferServer(ServerOptions options, ILoggerFactory logs, DataFolder data, IReadOnlyList<string>? worker, CertificateStore? certificates)
    {
        (Options, _logs, _log, _data, _worker) = (options, logs, logs.CreateLogger<FileTransferServer>(), data, worker);
        _member = new ServerMember(options, logs, isOwner: true, certificates);
    }

    /// <summary>What it was opened with.</summary>
    public ServerOptions Options { get; }

    /// <summary>The accounts.</summary>
    public IAccountStore Accounts => _member.Accounts;

    /// <summary>The front ends that listen; empty before <see cref="Start"/>.</summary>
    public IReadOnlyList<ListeningFrontEnd> FrontEnds =>
        [.. _servers.Select(each => new ListeningFrontEnd(each.FrontEnd.Scheme, (IPEndPoint)each.Server.LocalEndPoints[0]))];

    /// <summary>What clients pin: see <see cref="ServerCertificate.Fingerprint"/>.</summary>
    public string Fingerprint => _member.Certificates.Current.Fingerprint;

    /// <summary>Takes the data folder, makes what is missing, and reads accounts and certificate. Nothing listens yet.</summary>
    /// <param name="options">How it is set up.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="worker">The program and arguments that start a worker process, where the model has some: it calls <see cref="ServerWorker.RunAsync"/>.
    /// Null for this program's own command line; then <see cref="ServerWorker.IsNeeded"/> has to be asked before anything else.</param>
    /// <exception cref="ConfigurationException">The options do not fit this machine.</exception>
    /// <exception cref="StartException">The data folder is in use or unreadable, or the certificate unusable.</exception>
    public static FileTransferServer Open(ServerOptions options, ILoggerFactory logs, IReadOnlyList<string>? worker = null)
    {
        if (new HomeMap(ServerMember.FileOptions(options), []).Fault is { } fault) throw new ConfigurationException(fault);
        var user = options.User is { } name && !OperatingSystem.IsWindows() ? Privileges.Find(name) : null;
        options = options with { LedgerFolder = options.LedgerFolder ?? LedgerFolder.For(options.Data) }; // Chosen by whom the server starts as.
        DataFolder.Ensure(options.Data);
        DataFolder.RequireOwner(options.Data, user);
        if (user is not null && !OperatingSystem.IsWindows()) Privileges.GiveFolder(options.Data, user);

        // The operator's own key may be root's to read. All else lies in a folder of the user who serves, and is read and written with that user's rights.
        var certificates = options.CertificateFile is null ? null : new CertificateStore(options);
        return OperatingSystem.IsWindows() ? Take(options, logs, worker, certificates) : Privileges.As(user, () => Take(options, logs, worker, certificates));
    }

    private static FileTransferServer Take(ServerOptions options, ILoggerFactory logs, IReadOnlyList<string>? worker, CertificateStore? certificates)
    {
        var data = DataFolder.Take(options.Data);
        try
        {
            return new FileTransferServer(options, logs, data, worker, certificates);
        }
        catch (Exception error)
        {
            data.Dispose();
            if (error is AccountStoreException) throw new StartException(error.Message, error);
            throw;
        }
    }

    /// <summary>Binds every front end, gives up root's rights where another user is named, and serves.</summary>
    /// <exception cref="ConfigurationException">The options do not fit this machine.</exception>
    /// <exception cref="StartException">An address cannot be had, or a home cannot be served.</exception>
    public void Start()
    {
        try
        {
            var user = Options.User is { } name && !OperatingSystem.IsWindows() ? Privileges.Find(name) : null;
            MakeRoot(user);
            foreach (var frontEnd in PartsCatalog.FrontEnds)
                if (frontEnd.Listen(Options) is { } address) _servers.Add((frontEnd, Bind(frontEnd, address)));
            if (user is not null && !OperatingSystem.IsWindows()) Become(user);

            // From here on everything is done with the rights of the user who serves.
            _member.OpenFiles();
            new HomesReport(Options, Accounts, _log).Write();
            foreach (var (_, server) in _servers) server.Start();
        }
        catch (Exception error) when (error is ConnectionException or WorkerStartException or FileException or HomeException or AccountStoreException)
        {
            throw new StartException(error.Message, error);
        }
    }

    /// <summary>Reads accounts and certificate again. What cannot be read is logged and stays as it was.</summary>
    public void Reload()
    {
        var certificate = _member.Reload() ? "the certificate is new" : "the certificate is unchanged";
        foreach (var (_, server) in _servers) server.SendToWorkers(ServerWorker.ReloadMessage);
        _log.LogInformation("Reloaded: {Accounts}, {Certificate}", Count(Accounts.List().Count, "account"), certificate);
    }

    /// <summary>Stops accepting, lets running transfers end within <see cref="ServerOptions.Drain"/>, then aborts the rest.</summary>
    public async Task StopAsync()
    {
        var active = _servers.Sum(each => each.Server.ActiveConnections);
        if (active == 0) _log.LogInformation("Stopping (no connections)");
        else _log.LogInformation("Stopping: waiting up to {Drain} s for {Connections}; Ctrl-C or SIGTERM again cuts them", Options.Drain.TotalSeconds, Count(active, "connection"));
        await Task.WhenAll(_servers.Select(each => each.Server.StopAsync(Options.Drain)));
        _log.LogInformation("Stopped");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, server) in _servers) await server.DisposeAsync();
        await _member.DisposeAsync();
        _data.Dispose();
    }

    private StreamServer Bind(FrontEnd frontEnd, IPEndPoint address)
    {
        var model = PartsCatalog.Model(Options.Model);
        var options = new StreamServerOptions
        {
            ListenOn = [address],
            Model = model,
            MaxConnections = Options.MaxConnections,
            BusyAbove = Options.Shares.Busy,
            MaxPerAddress = Options.Shares.PerAddress,
            Verify = _member.Verify,
            Name = frontEnd.Name,
            Worker = model.RunsInWorkers ? WorkerFor(frontEnd) : null,
        };
        var server = new StreamServer(options, _member.Handlers(frontEnd), frontEnd.Logger(_logs));
        server.OnError += OnError;
        server.Bind();
        return server;
    }

    private WorkerCommand WorkerFor(FrontEnd frontEnd) =>
        (_worker is { Count: > 0 } words ? new WorkerCommand { Program = words[0], Arguments = [.. words.Skip(1)] } : WorkerCommand.Self) with
        {
            Configuration = new WorkerConfiguration(Options, frontEnd.Name).Write(),
        };

    // What handlers throw is logged where they run. A worker that dies may leave something behind, as a crash of the whole server may.
    private void OnError(Exception error, IConnection connection)
    {
        if (error is WorkerDiedException) _member.SettleAnew();
    }

    private void MakeRoot(SystemUser? user)
    {
        if (Directory.Exists(Options.Root)) return;
        if (File.Exists(Options.Root)) throw new StartException(StartText.RootIsAFile(Options.Root));
        try
        {
            Directory.CreateDirectory(Options.Root);
            if (user is not null && !OperatingSystem.IsWindows()) Privileges.GiveFolder(Options.Root, user);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException(StartText.RootNotMade(Options.Root, SystemReason.Of(error)), error);
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private void GiveLedger(string folder, SystemUser user)
    {
        try
        {
            if (LedgerFolder.Make(folder, Options.Data, user.UserId)) Privileges.GiveFolder(folder, user);
        }
        catch (IOException error)
        {
            throw new StartException(error.Message, error);
        }
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private void Become(SystemUser user)
    {
        GiveLedger(Options.LedgerFolder!, user);
        Privileges.Drop(user);
        _log.LogInformation("Running as {User}", user.Name);
    }
}
