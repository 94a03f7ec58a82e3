namespace Argosy.Files;

/// <content>From a password that was right to a session, and every reason why not.</content>
public sealed partial class FileService
{
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
