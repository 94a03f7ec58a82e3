using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>Credentials in, a <see cref="FileSession"/> out: every front end's only way to files. Thread-safe.</summary>
public sealed partial class FileService : IAsyncDisposable
{
    // Twice within the second in which a removed account's sessions have to end.
    private static readonly TimeSpan ReviewInterval = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan RootPause = TimeSpan.FromMilliseconds(10);

    private readonly FileServiceOptions _options;
    private readonly IAccountStore _accounts;
    private readonly Ledger.Ledger _ledger;
    private readonly ISessionOpener _opener;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly DecoyVerifiers _decoys;
    private readonly Bans? _bans;
    private readonly Places _strangers;
    private readonly Places _visitors;
    private readonly RareLine _crowded = new();
    private readonly HomeRegister _register;
    private readonly HomeFolders _folders;
    private readonly RootSessions _rootSessions;
    private readonly SessionRoster _roster = new();
    private readonly PasswordGate _gate = new(Environment.ProcessorCount, 64 * Environment.ProcessorCount);
    private readonly Lock _reviewing = new();
    private readonly ITimer _timer;
    private readonly bool _hasFolders;
    private HomeMap _homes;

    /// <summary>
    /// Makes the data folder where it is missing and opens the ledger. What a crash left in a home is settled, and its expired unfinished uploads
    /// removed, when the home is first opened. Accounts whose homes get in each other's way, or cannot be served, keep nobody else out: it is logged.
    /// </summary>
    /// <exception cref="HomeException">ROOT and data folder overlap.</exception>
    /// <exception cref="AccountStoreException">The server's secret cannot be read or made.</exception>
    /// <exception cref="FileException"><see cref="FileError.Storage"/>: usage cannot be counted; the message is for the operator.</exception>
    /// <exception cref="IOException">The data folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The data folder may not be opened.</exception>
    public FileService(FileServiceOptions options, IAccountStore accounts, IStorage storage, ILogger<FileService> log)
        : this(
            options,
            accounts,
            ledger => new SessionOpener(storage, ledger, options.MinFree, options.KeepUnfinished, log, isMember: options.IsMember),
            log,
            hasFolders: storage is LocalStorage) // Other storages have no folders on this machine.
    {
    }

    internal FileService(
        FileServiceOptions options, IAccountStore accounts, Func<Ledger.Ledger, ISessionOpener> opener, ILogger log, TimeProvider? clock = null, bool hasFolders = true)
    {
        (_options, _accounts, _log, _clock, _hasFolders) = (options, accounts, log, clock ?? TimeProvider.System, hasFolders);
        _register = new HomeRegister(options.Data, log);
        _folders = new HomeFolders(_register);
        _homes = MapHomes(before: null);
        if (_homes.Fault is { } fault) throw new HomeException(fault);

        DurableFile.MakeFolder(options.Data);
        if (hasFolders) KnowRoot();
        _decoys = new DecoyVerifiers(LoginSecret.Open(options.Data));
        _decoys.Imitate(accounts.List());
        (_ledger, _bans) = LedgerFiles.Open(options, _clock, log);
        _strangers = new Places(_ledger, "strangers");
        _visitors = new Places(_ledger, "visitors");
        _rootSessions = new RootSessions(_ledger);
        _opener = opener(_ledger);
        Tell(_homes, before: null);
        if (!options.IsMember) _opener.BeginSweeping(ServedPlaces);
        accounts.Changed += OnChanged;
        _timer = _clock.CreateTimer(static state => ((FileService)state!).OnTick(), this, ReviewInterval, ReviewInterval);
    }

    /// <summary>How long a login waits for sessions of ROOT that have to end. They do within a second; what they are doing at that moment may take longer.</summary>
    internal TimeSpan RootPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What anonymous visitors may do.</summary>
    public AnonymousAccess Anonymous => _options.Anonymous;

    /// <summary>
    /// Begins a login by challenge and response. Known and unknown names take the same path and time: an unknown one gets a
    /// stable made-up verifier.
    /// </summary>
    public LoginAttempt BeginLogin(string name, SessionOrigin origin)
    {
        // An account that another process has added, or given a new password, a moment ago logs in at once.
        _accounts.Reload();

        // Both look-ups for every name, known or not, possible or not.
        var normal = AccountName.TryNormalize(name, out var found, out _) ? found : name;
        var account = _accounts.Find(normal);
        return new LoginAttempt(this, normal, account, _decoys.For(normal), origin);
    }

    /// <summary>Logs in by password (FTP's PASS): derived off the loop, one per core at a time, queued and bounded.</summary>
    /// <exception cref="FileException"><see cref="FileError.LoginFailed"/>, <see cref="FileError.TooManySessions"/> (also when too many
    /// logins wait), <see cref="FileError.Storage"/>.</exception>
    public async ValueTask<FileSession> LoginAsync(string name, string password, SessionOrigin origin, IOffload offload)
    {
        var attempt = BeginLogin(name, origin);
        switch (await _gate.VerifyAsync(attempt.Verifier, password, offload))
        {
            case true:
                return await attempt.SucceedAsync(offload);
            case null:
                throw Refused(attempt.Name, origin, "too many logins wait", FileError.TooManySessions, SessionText.TooManyLogins);
            default:
                // No account has an empty one, so nothing was guessed: programs send it to see whether a password is asked for at all.
                attempt.Fail(isGuess: password.Length > 0);
                throw LoginFailed();
        }
    }

    /// <summary>A session for a visitor without an account.</summary>
    /// <exception cref="FileException"><see cref="FileError.LoginFailed"/> where anonymous is off; <see cref="FileError.Storage"/>.</exception>
    public ValueTask<FileSession> OpenAnonymousAsync(SessionOrigin origin, IOffload offload)
    {
        if (Anonymous == AnonymousAccess.None)
            throw Refused(AccountName.Anonymous, origin, "visitors are not allowed", FileError.LoginFailed, SessionText.NoVisitors);

        return RepeatAsync(AccountName.Anonymous, () => TryOpenAsync(null, origin, offload));
    }

    /// <summary>
    /// True while everything from that address is refused, because too many logins from there failed: ask before a connection costs anything.
    /// Who asks later, or not at all, gets no login from there either.
    /// </summary>
    public bool IsBanned(IPAddress? address) => _bans?.Contains(address) ?? false;

    /// <summary>
    /// Takes one of <paramref name="most"/> places for connections that have not logged in, counted among all processes; dispose of it when it has
    /// logged in or gone. Null where none is free.
    /// </summary>
    /// <param name="most">How many there are; 0 for no limit.</param>
    /// <param name="address">Where the connection comes from; null for a local socket.</param>
    /// <param name="mostFromAddress">How many of them one IPv4 address or IPv6 /64 may have; 0 for no limit.</param>
    public IDisposable? TryAdmitStranger(int most, IPAddress? address = null, int mostFromAddress = 0)
    {
        try
        {
            return _strangers.TryTake(address, most, mostFromAddress);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return null; // Without the ledger nobody could log in either.
        }
    }

    /// <summary>
    /// A process that served beside this one has died: what it may have left in a home is settled at the next login there.
    /// </summary>
    public void SettleAnew() => _opener.SettleAnew();

    /// <summary>Reads the accounts again and ends sessions that lost their right; SIGHUP calls it. It also happens by itself twice a second.</summary>
    public void Reload()
    {
        _accounts.Reload();
        Review(looksAgain: true);
        if (!_options.IsMember) _opener.CountAnew();
    }

    /// <summary>Ends every session and closes the ledger.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _opener.CloseAsync();
        _accounts.Changed -= OnChanged;
        foreach (var entry in _roster.List())
        {
            await EndAsync(entry);
            entry.Release();
        }

        _bans?.Dispose();
        _ledger.Dispose();
    }

    /// <summary>
    /// From its first serving on others than the operator can put something into ROOT. What is there before, at the places of homes, is what the operator
    /// has put there: an older version's homes, or those of another server that this one replaces.
    /// </summary>
    private void KnowRoot()
    {
        if (_register.Knows(_homes.Root)) return;

        var found = _accounts.List()
            .Where(account => !_homes.Conflicts.ContainsKey(account.Name))
            .Select(account => (account.Name, Place: _homes.PlaceOf(account.Name)!, account.Home))
            .Select(home => (home.Name, home.Place, State: HomeFolders.Found(home.Place), IsNamed: home.Home is not null))
            .Where(home => home.State is not null)
            .ToList();
        try
        {
            _register.RecordRoot(_homes.Root, found.Select(home => (home.Name, home.Place, home.State!.Value)));
        }
        catch (IOException full)
        {
            _log.HomesUnwritten(IoFault.Describe(full, _options.Data));
        }

        var taken = found.Where(home => !home.IsNamed).Select(home => AccountName.Quoted(home.Name)).ToList();
        if (taken.Count > 0) _log.HomesFound(_homes.Root, string.Join(", ", taken));
    }

    /// <summary>All homes that are served now; what lies where one is still to be made is not the account's.</summary>
    private IReadOnlyCollection<string> ServedPlaces()
    {
        var homes = Volatile.Read(ref _homes);
        var places = _accounts.List()
            .Where(account => !homes.Conflicts.ContainsKey(account.Name))
            .Select(account => (account.Name, account.Home, Place: homes.PlaceOf(account.Name)))
            .Where(home => home.Place is not null && (home.Home is not null || !_hasFolders || _register.StateOf(home.Name, home.Place) >= HomeState.Made))
            .Select(home => home.Place);
        return [.. places.Append(Anonymous == AnonymousAccess.None ? null : homes.Root).OfType<string>().Distinct()];
    }
}
