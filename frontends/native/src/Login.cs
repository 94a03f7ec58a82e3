using System.Net;
using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native;

/// <summary>
/// The login of one connection: SCRAM in two steps, or anonymous. Whatever is wrong with name or password gets the same
/// answer, and three failures end the connection. Only a proof is a guess: who leaves before it has guessed nothing, and may be an honest
/// client that a slow server has kept waiting.
/// </summary>
internal sealed class Login(FileService files, IOffload offload, EndPoint? remote, byte[]? channelBinding)
{
    private const int MostFailures = 3;

    private readonly SessionOrigin _origin = new("native", (remote as IPEndPoint)?.Address);
    private ScramServer? _exchange;
    private LoginAttempt? _attempt;
    private int _failures;

    /// <summary>What anonymous visitors may do.</summary>
    public AnonymousAccess Anonymous => files.Anonymous;

    /// <summary>The mechanisms that this connection can do.</summary>
    public IReadOnlyList<string> Mechanisms { get; } =
        channelBinding is null ? [ScramMechanism.Plain] : [ScramMechanism.Plain, ScramMechanism.Plus];

    /// <summary>True where another failure ends the connection.</summary>
    public bool IsOver => _failures >= MostFailures;

    /// <summary>The name that the login under way gives, for the log.</summary>
    public string? Name { get; private set; }

    /// <summary>The mechanism of the login under way.</summary>
    public string Mechanism { get; private set; } = "";

    /// <summary>The first step: takes the name, returns the challenge.</summary>
    /// <exception cref="WireException">The message or mechanism is wrong, or too many logins were begun and left.</exception>
    public string Begin(string mechanism, string clientFirst)
    {
        if (_attempt is not null)
            Leave();
        Mechanism = mechanism;
        var exchange = new ScramServer(channelBinding);
        try
        {
            Name = exchange.Start(mechanism, clientFirst);
        }
        catch (WireException)
        {
            _failures++;
            throw;
        }

        _attempt = files.BeginLogin(Name, _origin);
        _exchange = exchange;
        PasswordVerifier verifier = _attempt.Verifier;
        return exchange.Challenge(verifier.Salt, verifier.Iterations, verifier.StoredKey, verifier.ServerKey);
    }

    /// <summary>An attempt without its end counts for the connection, because beginnings cost work; nobody is banned for it.</summary>
    private void Leave()
    {
        _failures++;
        (_exchange, _attempt) = (null, null);
        if (IsOver)
            throw new WireException(WireError.LoginFailed, SessionText.TooManyLogins);
    }

    /// <summary>The second step: judges the proof. Returns the session and the server's own proof.</summary>
    /// <exception cref="WireException">There is no first step, or the proof is wrong.</exception>
    /// <exception cref="FileException">The account may not log in.</exception>
    public async ValueTask<(FileSession Session, string ServerFinal)> FinishAsync(string clientFinal)
    {
        if (_exchange is not { } exchange || _attempt is not { } attempt)
            throw new WireException(WireError.BadRequest, RequestText.Missing("mechanism"));
        try
        {
            string proof = exchange.Finish(clientFinal);
            (_exchange, _attempt) = (null, null);
            return (await attempt.SucceedAsync(offload), proof);
        }
        catch (Exception e) when (e is WireException or FileException)
        {
            _failures++;
            _attempt?.Fail();
            (_exchange, _attempt) = (null, null);
            throw;
        }
    }

    /// <summary>A session without an account.</summary>
    /// <exception cref="FileException">Anonymous is off.</exception>
    public ValueTask<FileSession> OpenAnonymousAsync() => files.OpenAnonymousAsync(_origin, offload);

    /// <summary>True where a login was begun and no proof came.</summary>
    public bool IsUnderWay => _attempt is not null;
}
