using System.Security.Cryptography;
using System.Text;
using Argosy.Wire;

namespace Argosy.Client.Tests;

/// <summary>The server's half of a login as RFC 5802 section 3 derives it, for one account, and ways to get it wrong.</summary>
internal sealed class FakeAccounts
{
    public const string User = "alex";
    public const string Password = "correct horse";
    private static readonly byte[] Salt = "0123456789abcdef"u8.ToArray();

    public int Iterations { get; init; } = 4096;

    /// <summary>What the server believes the password to be.</summary>
    public string KnownPassword { get; init; } = Password;

    /// <summary>Changes the last message, which proves that the server knows the account.</summary>
    public Func<string, string?> LastMessage { get; init; } = message => message;

    public async Task LogInAsync(FakePeer peer)
    {
        var hello = await peer.ReadRequestAsync();
        await peer.SendAsync(peer.Greeting(hello));
        var first = await peer.ReadRequestAsync();
        Assert.Equal("auth", first.Command);
        var scram = new ScramServer(peer.Certificate is { } certificate ? ChannelBinding.TlsServerEndPoint(certificate) : null);
        Assert.Equal(User, scram.Start(first.Mechanism!, first.Scram!));
        // A number that every client refuses is only said: to derive it would take seconds, for nobody.
        var rounds = Iterations <= 100_000 ? Iterations : 1;
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(KnownPassword), Salt, rounds, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var challenge = scram.Challenge(Salt, Iterations, stored, HMACSHA256.HashData(salted, "Server Key"u8));
        await peer.SendAsync(new Reply { Id = first.Id, Status = ReplyStatus.Continue, Scram = challenge });
        var final = await peer.ReadRequestAsync();
        try
        {
            await peer.SendAsync(new Reply { Id = final.Id, Scram = LastMessage(scram.Finish(final.Scram!)) });
        }
        catch (WireException wrong)
        {
            await peer.SendAsync(new Reply { Id = final.Id, Status = ReplyStatus.Error, Error = WireError.LoginFailed, Message = wrong.Message });
            return;
        }

        while (true)
            await peer.SendAsync(new Reply { Id = (await peer.ReadRequestAsync()).Id });
    }
}
