namespace Argosy.Files;

/// <summary>
/// A login under way: hand the verifier to the exchange, then report how it ended, once. Where it ended before there was a proof, report nothing: nothing
/// was guessed, so nothing counts against anybody, be it that the client left or that the server was slow.
/// </summary>
public sealed class LoginAttempt
{
    private readonly FileService _service;
    private readonly PasswordVerifier _decoy;
    private int _reported;

    internal LoginAttempt(FileService service, string name, Account? account, PasswordVerifier decoy, SessionOrigin origin)
    {
        (_service, Name, Account, _decoy, Origin) = (service, name, account, decoy, origin);
    }

    /// <summary>The account's verifier, or a stable made-up one.</summary>
    public PasswordVerifier Verifier => Account?.Verifier ?? _decoy;

    internal string Name { get; }

    internal Account? Account { get; }

    internal SessionOrigin Origin { get; }

    /// <summary>The exchange proved the password: opens the session.</summary>
    /// <exception cref="FileException"><see cref="FileError.LoginFailed"/> for a made-up verifier, a disabled or expired account, a
    /// network that is not allowed; <see cref="FileError.TooManySessions"/>; <see cref="FileError.Storage"/> where the home cannot be
    /// opened.</exception>
    /// <exception cref="InvalidOperationException">This attempt's end was reported before.</exception>
    public ValueTask<FileSession> SucceedAsync(IOffload offload)
    {
        if (Interlocked.Exchange(ref _reported, 1) != 0) throw new InvalidOperationException("A login attempt ends once: begin another.");

        return _service.OpenAsync(this, offload);
    }

    /// <summary>The proof was wrong: counted and logged. A second call does nothing.</summary>
    public void Fail() => Fail(isGuess: true);

    internal void Fail(bool isGuess)
    {
        if (Interlocked.Exchange(ref _reported, 1) == 0) _service.Refuse(this, isGuess);
    }
}
