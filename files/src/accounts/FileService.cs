using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>Credentials in, a <see cref="FileSession"/> out: every front end's only way to files. Thread-safe.</summary>
public sealed class FileService : IAsyncDisposable
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

    /// <summary>The password was right; the rest is judged by the account as it is now.</summary>
    internal ValueTask<FileSession> OpenAsync(LoginAttempt attempt, IOffload offload)
    {
        var (name, origin) = (attempt.Name, attempt.Origin);

        // So that no guess is told right.
        if (IsBanned(origin.Address)) throw Refused(name, origin, "its address is banned");
        if (_bans?.IsGuessed(name, origin.Address) ?? false) throw Refused(name, origin, "its password is being guessed, and nobody has logged in to it from there lately");
        if (attempt.Account is not { Verifier: not null } known) throw Refused(name, origin, "there is no such account");

        return RepeatAsync(name, () => TryOpenAsync(known, origin, offload));
    }

    internal void Refuse(LoginAttempt attempt, bool isGuess)
    {
        _log.Refused(attempt.Name, attempt.Origin, attempt.Account is null ? "there is no such account" : isGuess ? "the password was wrong" : "the password was empty");
        if (isGuess) _bans?.Count(attempt.Name, attempt.Origin.Address);
    }

    /// <summary>Opens when it may: what is not known to all sessions of ROOT yet will be in a moment.</summary>
    private async ValueTask<FileSession> RepeatAsync(string name, Func<ValueTask<FileSession?>> tryOpen)
    {
        for (var since = Environment.TickCount64; ;)
        {
            if (await tryOpen() is { } session) return session;
            if (Environment.TickCount64 - since > RootPatience.TotalMilliseconds)
                throw Unserved(name, "a session of ROOT that began before this home was closed to it has not ended yet", SessionText.AnotherHasToEnd);

            await Task.Delay(RootPause);
        }
    }

    /// <summary>One try; null where sessions of ROOT have to learn of a home first.</summary>
    /// <param name="known">The account as it was when its password was shown; null for a visitor.</param>
    /// <param name="origin">Where from.</param>
    /// <param name="offload">The session's.</param>
    private async ValueTask<FileSession?> TryOpenAsync(Account? known, SessionOrigin origin, IOffload offload)
    {
        var name = known?.Name ?? AccountName.Anonymous;
        var homes = CurrentHomes();
        var place = known is null ? homes.Root : homes.PlaceOf(name);
        var entry = _roster.Add(known, origin, homes.ClosedIn(place ?? ""));
        try
        {
            // On the roster first: what changes from here on ends the session, what changed before is seen here.
            if (known is not null && Admission.Ending(known, _accounts.Find(name), origin, _clock.GetUtcNow()) is { } reason) throw Refused(name, origin, reason);
            if (homes.Conflicts.TryGetValue(name, out var conflict)) throw Unserved(name, conflict);
            if (place is null) throw Refused(name, origin, "the account was removed");
            TakePlace(entry, known);

            if (!MayOpen(entry, homes, place))
            {
                entry.Release();
                return null;
            }

            if (_hasFolders) await offload.RunAsync(static work => work.This.Prepare(work.name, work.place, work.isNamed), (This: this, name, place, isNamed: known?.Home is not null || known is null));
            var session = await _opener.OpenAsync(known is null ? Grants.ForVisitor(_options, homes, entry) : Grants.ForAccount(_options, homes, known, entry), offload);
            entry.Open(session, known, _options.DefaultQuotaBytes);
            _log.Accepted(name, origin);
            if (known is not null) _bans?.Remember(name, origin.Address);
            return session;
        }
        catch (Exception failed)
        {
            entry.Release();
            throw failed is FileException { Error: FileError.Storage, InnerException: not HomeException } ? Told(name, (FileException)failed) : failed;
        }
    }

    /// <summary>
    /// A session of ROOT says what it knows before it looks again, and a home inside ROOT looks at that after its account is known: so one of the two
    /// sees the other, whichever processes they are in.
    /// </summary>
    private bool MayOpen(SessionRoster.Entry entry, HomeMap homes, string place)
    {
        if (place == homes.Root)
        {
            entry.Hold(_rootSessions.Enter(homes));
            _accounts.Reload();
            return CurrentHomes().InnerStamp == homes.InnerStamp;
        }

        if (!homes.IsChildOfRoot(place) || _rootSessions.AllKnow(homes)) return true;

        _accounts.Reload(); // They may know more than this process does.
        return false;
    }

    private bool Prepare(string name, string place, bool isNamed)
    {
        try
        {
            _folders.Prepare(name, place, isNamed);
            return true;
        }
        catch (HomeException fault)
        {
            throw Unserved(name, fault.Message, inner: fault);
        }
    }

    /// <exception cref="FileException"><see cref="FileError.TooManySessions"/>; <see cref="FileError.Storage"/>.</exception>
    private void TakePlace(SessionRoster.Entry entry, Account? account)
    {
        if (account is null)
        {
            var limits = _options.Limits;
            if (!entry.TryHold(() => _visitors.TryTake(entry.Origin.Address, limits.Visitors, limits.VisitorsFromAddress)))
                throw Crowded(AccountName.Anonymous, entry.Origin, "there are as many visitors as there may be, in all or from there", SessionText.TooManyVisitors);
        }
        else if (MostSessions(account) is { } most && !entry.TryTakePlace(PlacesOf(account.Name), most))
        {
            throw Crowded(account.Name, entry.Origin, "it has all the sessions it may have", SessionText.TooManySessions(most));
        }
    }

    private int? MostSessions(Account account) => account.MaxSessions ?? (_options.Limits.PerAccount > 0 ? _options.Limits.PerAccount : null);

    private Ledger.Counter PlacesOf(string name) => _ledger.Counter($"sessions of {name}");

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

    private void OnTick()
    {
        try
        {
            _accounts.Reload();
            EndLapsed(CurrentHomes());
        }
        catch (Exception e)
        {
            // An exception that left a timer would end the process; the next tick tries again.
            _log.ReviewFailed(e);
        }
    }

    private void OnChanged()
    {
        try
        {
            Review();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.ReviewFailed(e);
        }
    }

    /// <summary>SIGHUP: what an operator has changed on the disk counts too.</summary>
    private void Review(bool looksAgain = false)
    {
        lock (_reviewing)
        {
            var before = Volatile.Read(ref _homes);
            var homes = MapHomes(looksAgain ? null : before);
            Tell(homes, before);
            _decoys.Imitate(_accounts.List());

            // A session of ROOT ends before anybody is let into a home that has come into it.
            EndLapsed(homes);
            Volatile.Write(ref _homes, homes);
        }

        EndLapsed(Volatile.Read(ref _homes));
    }

    /// <summary>The map of the accounts as they are now.</summary>
    private HomeMap CurrentHomes()
    {
        if (Volatile.Read(ref _homes).Version != _accounts.Version) Review();
        return Volatile.Read(ref _homes);
    }

    private HomeMap MapHomes(HomeMap? before)
    {
        var version = _accounts.Version;
        return new HomeMap(_options, _accounts.List(), (name, place) => _hasFolders && _register.StateOf(name, place) >= HomeState.Made, before, version);
    }

    private void Tell(HomeMap homes, HomeMap? before)
    {
        foreach (var (name, conflict) in homes.Conflicts)
        {
            if (before?.Conflicts.GetValueOrDefault(name) != conflict) _log.CannotLogIn(name, conflict);
        }
    }

    private void EndLapsed(HomeMap homes)
    {
        var now = _clock.GetUtcNow();
        foreach (var entry in _roster.List())
        {
            if (entry.Ended.IsCancellationRequested || Ending(entry, homes, now) is not { } reason) continue;

            _log.SessionEnded(entry.Account?.Name ?? AccountName.Anonymous, reason);
            _ = EndAsync(entry);
        }
    }

    /// <summary>Why a session may not go on; null where it may, under its account's limits as they are now.</summary>
    private string? Ending(SessionRoster.Entry entry, HomeMap homes, DateTimeOffset now)
    {
        var account = entry.Account;
        var name = account?.Name ?? AccountName.Anonymous;
        var after = account is null ? null : _accounts.Find(name);
        if (account is not null && Admission.Ending(account, after, entry.Origin, now) is { } reason) return reason;
        var closed = homes.ClosedIn(account is null ? homes.Root : homes.PlaceOf(name) ?? "");
        if (!ReferenceEquals(entry.Closed, closed) && !entry.Closed.SequenceEqual(closed)) return "another account's home was made inside its own";
        if (homes.Conflicts.ContainsKey(name)) return "its home overlaps another";
        if (ReferenceEquals(account, after)) return null;

        return MayGoOn(entry, account!, after!) ? null : "the account has more sessions than it may have now";
    }

    private bool MayGoOn(SessionRoster.Entry entry, Account before, Account after)
    {
        entry.Take(after, _options.DefaultQuotaBytes);
        try
        {
            return MostSessions(after) is not { } most || most >= MostSessions(before) || entry.TryTakePlace(PlacesOf(after.Name), most);
        }
        catch (FileException)
        {
            return true; // The ledger fails: new logins do, too, and say so.
        }
    }

    private async Task EndAsync(SessionRoster.Entry entry)
    {
        try
        {
            await entry.EndAsync();
        }
        catch (AggregateException e)
        {
            // Of those who listen to the token; the token has fired, and every other listener was told.
            _log.EndListenerFailed(e);
        }
    }

    private FileException Unserved(
        string name, string reason, string message = StorageText.HomeUnserved, Exception? inner = null)
    {
        _log.CannotLogIn(name, reason);
        return new FileException(FileError.Storage, message, inner ?? new HomeException(reason));
    }

    /// <summary>What a client is told to report stands in the log.</summary>
    private FileException Told(string name, FileException failed)
    {
        _log.CannotLogIn(name, failed.InnerException is FileException cause ? $"{failed.Message} {cause.Message}" : failed.Message);
        return failed;
    }

    private FileException Refused(string name, SessionOrigin origin, string reason)
    {
        _log.Refused(name, origin, reason);
        return LoginFailed();
    }

    private FileException Refused(string name, SessionOrigin origin, string reason, FileError error, string message)
    {
        _log.Refused(name, origin, reason);
        return new FileException(error, message);
    }

    // Whoever may log in can do so over and over: not each time is a line.
    private FileException Crowded(string name, SessionOrigin origin, string reason, string message)
    {
        if (_crowded.IsDue(out var times)) _log.Refused(name, origin, times == 1 ? reason : $"{reason} ({times} such refusals since the last line)");
        return new FileException(FileError.TooManySessions, message);
    }

    private static FileException LoginFailed() => new(FileError.LoginFailed, SessionText.LoginFailed);
}
