namespace Argosy.Files;

/// <content>What changes of accounts and homes mean for sessions that run.</content>
public sealed partial class FileService
{
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
}
