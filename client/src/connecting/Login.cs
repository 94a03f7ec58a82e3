using System.Security.Cryptography.X509Certificates;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>The first requests of a session: hello and, where the URL names a user, SCRAM (docs/protocol.md section 3).</summary>
internal static class Login
{
    private const int Version = 1;
    private const int LongestName = 100;

    /// <param name="session">A fresh one.</param>
    /// <param name="url">Whom to log in.</param>
    /// <param name="options">How the client names itself.</param>
    /// <param name="certificate">The server's, under TLS; the login is bound to it.</param>
    /// <param name="password">Null for anonymous sessions.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ServerGreeting> RunAsync(
        Session session, ArgosyUrl url, ClientOptions options, X509Certificate2? certificate, string? password, CancellationToken cancellationToken)
    {
        var greeting = session.RunAsync(
            new Question<ServerGreeting>(id => new Request { Command = "hello", Id = id, Version = Version, Client = options.ClientName }, Greet),
            cancellationToken);
        if (url.User is null || password is null)
        {
            session.AllowLongHeaders();
            return await greeting.ConfigureAwait(false);
        }

        var scram = Prepare(url.User, password, certificate);
        // The first message does not depend on the greeting: both leave at once, and a round trip is saved.
        var first = AskAsync(session, scram.Mechanism, scram.First(), cancellationToken);
        await Task.WhenAll(greeting, first).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var greeted = await greeting.ConfigureAwait(false);
        await ProveAsync(session, scram, await first.ConfigureAwait(false), url, cancellationToken).ConfigureAwait(false);
        session.AllowLongHeaders();
        return greeted;
    }

    private static ServerGreeting Greet(Reply reply) => reply.Version == Version
        ? new ServerGreeting(Terminal.Escape(ReplyErrors.Shorten(reply.Server ?? "", LongestName)), reply.Mechanisms ?? [], reply.Features ?? [])
        : throw new NotVerifiedException("The server speaks another version of the protocol than it was asked for. Update client or server.");

    private static ScramClient Prepare(string user, string password, X509Certificate2? certificate)
    {
        try
        {
            return new ScramClient(user, password, certificate is null ? null : ChannelBinding.TlsServerEndPoint(certificate));
        }
        catch (NotSupportedException exception)
        {
            throw new NotTrustedException(
                $"The login cannot be bound to the certificate of {Terminal.Escape(user)}'s server, which is signed in a way that leaves open how. Nothing was sent; "
                + "ask its operator for another certificate.", exception);
        }
        catch (ArgumentException)
        {
            throw new RefusedException(WireError.LoginFailed.Name(), "That cannot be a name and a password: one of them is empty, too long, or holds a character that neither may hold.");
        }
    }

    private static Task<Reply> AskAsync(Session session, string? mechanism, string message, CancellationToken cancellationToken) =>
        session.RunAsync(
            new Question<Reply>(id => new Request { Command = "auth", Id = id, Mechanism = mechanism, Scram = message }, reply => reply, hasSteps: true),
            cancellationToken);

    private static async Task ProveAsync(
        Session session, ScramClient scram, Reply first, ArgosyUrl url, CancellationToken cancellationToken)
    {
        try
        {
            if (first.Status != ReplyStatus.Continue || first.Scram is null)
                throw NotProven(url, "It skipped a step of the login.");
            // Seconds of arithmetic where the server asks for many iterations: not on the caller's thread.
            var answer = await Task.Run(() => scram.Final(first.Scram), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            var last = await AskAsync(session, null, answer, cancellationToken).ConfigureAwait(false);
            if (last.Status != ReplyStatus.Ok || last.Scram is null)
                throw NotProven(url, "It skipped a step of the login.");
            scram.Verify(last.Scram);
        }
        catch (WireException exception)
        {
            throw NotProven(url, exception.Message, exception);
        }
    }

    private static NotTrustedException NotProven(ArgosyUrl url, string why, Exception? inner = null) => new(
        $"{url.Authority} did not prove that it knows this account. {why} The password was not sent. Ask the server's operator.", inner);
}
