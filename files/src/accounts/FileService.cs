using System.Net;
using Argosy.Ledger;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>Credentials in, a <see cref="FileSession"/> out: every front end's only way to files. Thread-safe.</summary>
public sealed class FileService : IAsyncDisposable
{
    // Twice within the second in which a removed account's sessions have to end.
    private static readonly TimeSpan ReviewInterval = TimeSpan.FromMilliseconds(400);

    private readonly FileServiceOptions _options;
    private readonly IAccountStore _accounts;
    private readonly Ledger.Ledger _ledger;
    private readonly ISessionOpener _opener;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly DecoyVerifiers _decoys;
    private readonly Bans? _bans;
    private readonly Counter _strangers;
    private readonly SessionRoster _roster = new();
    private readonly PasswordGate _gate = new(Environment.ProcessorCount, 64 * Environment.ProcessorCount);
    private readonly Lock _reviewing = new();
    private readonly ITimer _timer;
    private readonly bool _makesHomes = true;
    private HomeMap _homes;

    /// <summary>
    /// Checks homes and data folder, makes the latter where it is missing, opens the ledger. What a crash left in a home is settled, and its
    /// expired unfinished uploads removed, when the home is first opened.
    /// </summary>
    /// <exception cref="HomeException">Homes, ROOT and data folder get in each other's way.</exception>
    /// <exception cref="AccountStoreException">The server's secret cannot be read or made.</exception>
    /// <exception cref="FileException"><see cref="FileError.Storage"/>: usage cannot be counted; the message is for the operator.</exception>
    /// <exception cref="IOException">The data folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The data folder may not be opened.</exception>
    public FileService(FileServiceOptions options, IAccountStore accounts, IStorage storage, ILogger<FileService> log)
        : this(options, accounts, ledger => new SessionOpener(storage, ledger, options.MinFree, options.KeepUnfinished, log, isMember: options.IsMember), log)
    {
        // Other storages have no folders on this machine.
        _makesHomes = storage is LocalStorage;
    }

    internal FileService(
        FileServiceOptions options, IAccountStore accounts, Func<Ledger.Ledger, ISessionOpener> opener, ILogger log, TimeProvider? clock = null)
    {
        (_options, _accounts, _log, _clock) = (options, accounts, log, clock ?? TimeProvider.System);
        _homes = new HomeMap(options, accounts.List());
        if ((_homes.Fault ?? _homes.Conflicts.Values.FirstOrDefault()) is { } fault) throw new HomeException(fault);

        DurableFile.MakeFolder(options.Data);
        _decoys = new DecoyVerifiers(LoginSecret.Open(options.Data));
        _decoys.Imitate(accounts.List());
        (_ledger, _bans) = LedgerFiles.Open(options, _clock, log);
        _strangers = _ledger.Counter("strangers");
        _opener = opener(_ledger);
        if (!options.IsMember) _opener.BeginSweeping(Places);
        accounts.Changed += OnChanged;
        _timer = _clock.CreateTimer(static state => ((FileService)state!).OnTick(), this, ReviewInterval, ReviewInterval);
    }

    /// <summary>What anonymous visitors may do.</summary>
    public AnonymousAccess Anonymous => _options.Anonymous;

    /// <summary>
    /// Begins a login by challenge and response. Known and unknown names take the same path and time: an unknown one gets a
    /// stable made-up verifier.
    /// </summary>
    public LoginAttempt BeginLogin(string name, SessionOrigin origin)
    {
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
                throw Refused(attempt.Name, origin, "too many logins wait", FileError.TooManySessions, "Too many logins at this moment: try again.");
            default:
                attempt.Fail();
                throw LoginFailed();
        }
    }

    /// <summary>A session for a visitor without an account.</summary>
    /// <exception cref="FileException"><see cref="FileError.LoginFailed"/> where anonymous is off; <see cref="FileError.Storage"/>.</exception>
    public ValueTask<FileSession> OpenAnonymousAsync(SessionOrigin origin, IOffload offload)
    {
        if (Anonymous == AnonymousAccess.None)
            throw Refused(AccountName.Anonymous, origin, "visitors are not allowed", FileError.LoginFailed, "Anonymous access is off: log in with an account.");

        var homes = Volatile.Read(ref _homes);
        var entry = _roster.Add(null, origin, homes.Inner);
        if (homes.Conflicts.TryGetValue(AccountName.Anonymous, out var conflict)) throw Conflict(entry, AccountName.Anonymous, conflict);

        return OpenAsync(entry, Grants.ForVisitor(_options, homes, entry), offload);
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
    public IDisposable? TryAdmitStranger(int most)
    {
        try
        {
            // Only leases count here, and they go with their processes: there is nothing to count first.
            if (_strangers.NeedsCount) _strangers.Reset(default);
            return _strangers.TryLease(new Amount(1, 0), new Amount(most, -1));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException or NotCountedException)
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
        Review();
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
        if (IsBanned(origin.Address)) throw Refused(name, origin, "its address is banned"); // So that no guess is told right.
        if (attempt.Account is not { Verifier: not null } known) throw Refused(name, origin, "there is no such account");

        var homes = Volatile.Read(ref _homes);
        var entry = _roster.Add(known, origin, homes.ClosedIn(homes.PlaceOf(name) ?? ""));

        // On the roster first: what changes from here on ends the session, what changed before is seen here.
        if (Admission.Ending(known, _accounts.Find(name), origin, _clock.GetUtcNow()) is { } reason)
        {
            entry.Release();
            throw Refused(name, origin, reason);
        }

        if (homes.PlaceOf(name) is null || homes.Conflicts.ContainsKey(name))
            throw Conflict(entry, name, homes.Conflicts.GetValueOrDefault(name, "its home is not known yet: try again."));

        if (known.MaxSessions is { } most && !TryTakePlace(entry, name, most))
        {
            entry.Release();
            throw Refused(name, origin, "it has all the sessions it may have", FileError.TooManySessions, $"The account has {most} sessions already: end one, then try again.");
        }

        return OpenAsync(entry, Grants.ForAccount(_options, homes, known, entry), offload);
    }

    private bool TryTakePlace(SessionRoster.Entry entry, string name, int most)
    {
        try
        {
            return entry.TryTakePlace(_ledger.Counter($"sessions of {name}"), most);
        }
        catch
        {
            entry.Release();
            throw;
        }
    }

    internal void Refuse(LoginAttempt attempt)
    {
        _log.Refused(attempt.Name, attempt.Origin, attempt.Account is null ? "there is no such account" : "the password was wrong");
        _bans?.Count(attempt.Origin.Address);
    }

    private async ValueTask<FileSession> OpenAsync(SessionRoster.Entry entry, SessionGrant grant, IOffload offload)
    {
        try
        {
            if (_makesHomes) await offload.RunAsync(MakeHome, grant.Home);
            var session = await _opener.OpenAsync(grant, offload);
            _log.Accepted(grant.Name, entry.Origin);
            return session;
        }
        catch
        {
            entry.Release();
            throw;
        }
    }

    /// <summary>ROOT/NAME and homes that an operator named alike; their parent must be there, so that an unmounted disk is not papered over.</summary>
    private static bool MakeHome(string home)
    {
        try
        {
            return Directory.Exists(Path.GetDirectoryName(home)) && DurableFile.MakeFolder(home);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FileException(FileError.Storage, "The account's home could not be made.", e);
        }
    }

    /// <summary>All homes that are served now.</summary>
    private IReadOnlyCollection<string> Places()
    {
        var homes = Volatile.Read(ref _homes);
        var places = _accounts.List().Where(account => !homes.Conflicts.ContainsKey(account.Name)).Select(account => homes.PlaceOf(account.Name));
        return [.. places.Append(Anonymous == AnonymousAccess.None ? null : homes.Root).OfType<string>().Distinct()];
    }

    private void OnTick()
    {
        try
        {
            _accounts.Reload();
            EndLapsed();
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

    private void Review()
    {
        lock (_reviewing)
        {
            var accounts = _accounts.List();
            var homes = new HomeMap(_options, accounts);
            foreach (var (name, conflict) in homes.Conflicts)
            {
                if (!_homes.Conflicts.ContainsKey(name)) _log.HomeConflict(AccountName.ForLog(name), conflict);
            }

            Volatile.Write(ref _homes, homes);
            _decoys.Imitate(accounts);
        }

        EndLapsed();
    }

    private void EndLapsed()
    {
        var homes = Volatile.Read(ref _homes);
        var now = _clock.GetUtcNow();
        foreach (var entry in _roster.List())
        {
            var name = entry.Account?.Name ?? AccountName.Anonymous;
            var reason = entry.Account is { } account ? Admission.Ending(account, _accounts.Find(name), entry.Origin, now) : null;
            var closed = homes.ClosedIn(entry.Account is null ? homes.Root : homes.PlaceOf(name) ?? "");
            if (reason is null && !entry.Closed.SequenceEqual(closed)) reason = "another account's home was made inside its own";
            if (reason is null && homes.Conflicts.ContainsKey(name)) reason = "its home overlaps another";
            if (reason is null || entry.Ended.IsCancellationRequested) continue;

            _log.SessionEnded(AccountName.ForLog(name), reason);
            _ = EndAsync(entry);
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

    private FileException Conflict(SessionRoster.Entry entry, string name, string conflict)
    {
        entry.Release();
        _log.HomeConflict(AccountName.ForLog(name), conflict);
        return new FileException(FileError.Storage, "The account's home cannot be served: the server's log says why.");
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

    private static FileException LoginFailed() => new(FileError.LoginFailed, "Unknown name or wrong password.");
}
