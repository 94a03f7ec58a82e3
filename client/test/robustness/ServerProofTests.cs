using System.Security.Cryptography;
using Argosy.Wire;

namespace Argosy.Client.Tests.Robustness;

/// <summary>What a server can say in a login that it cannot do (RFC 5802 sections 5 and 7). It never gets a proof that it could use, and no session comes of it.</summary>
public sealed class ServerProofTests
{
    private const int Timeout = 30_000;

    public static TheoryData<string, string> Challenges => new()
    {
        { "other nonce", "r=other,s=MDEyMw==,i=4096" },
        { "only our nonce", "r=NONCE,s=MDEyMw==,i=4096" },
        { "less than our nonce", "r=SHORTx,s=MDEyMw==,i=4096" },
        { "nonce within", "r=xNONCE,s=MDEyMw==,i=4096" },
        { "no nonce", "s=MDEyMw==,i=4096" },
        { "nonce of control characters", "r=NONCE\u001b[2J,s=MDEyMw==,i=4096" },
        { "no salt", "r=NONCEx,i=4096" },
        { "empty salt", "r=NONCEx,s=,i=4096" },
        { "salt of nothing known", "r=NONCEx,s=!!!!,i=4096" },
        { "too few", "r=NONCEx,s=MDEyMw==,i=4095" },
        { "none", "r=NONCEx,s=MDEyMw==,i=0" },
        { "negative", "r=NONCEx,s=MDEyMw==,i=-4096" },
        { "too many", "r=NONCEx,s=MDEyMw==,i=10000001" },
        { "more than a number holds", "r=NONCEx,s=MDEyMw==,i=99999999999999999999" },
        { "in words", "r=NONCEx,s=MDEyMw==,i=4e3" },
        { "extension that must be known", "m=x,r=NONCEx,s=MDEyMw==,i=4096" },
        { "nothing", "" },
    };

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Challenges))]
    public async Task A_challenge_that_is_none_is_not_answered(string name, string challenge)
    {
        var answered = false;
        await using var server = FakeServer.Greeting(async peer =>
        {
            var first = await peer.ReadRequestAsync();
            var nonce = first.Scram![(first.Scram!.IndexOf("r=", StringComparison.Ordinal) + 2)..];
            await peer.SendAsync(new Reply
            {
                Id = first.Id,
                Status = ReplyStatus.Continue,
                Scram = challenge.Replace("NONCE", nonce, StringComparison.Ordinal).Replace("SHORT", nonce[..^1], StringComparison.Ordinal),
            });
            await peer.ReadRequestAsync();
            answered = true;
        });
        var error = await Assert.ThrowsAnyAsync<ClientException>(() => ConnectAsync(server));
        Assert.True(error is NotTrustedException, $"{name}: {error.Message}");
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.False(answered);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(2_000, true)]
    [InlineData(100_000, false)]
    public async Task A_huge_salt_costs_no_more_than_the_header_that_it_comes_in(int length, bool fits)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var first = await peer.ReadRequestAsync();
            var nonce = first.Scram![(first.Scram!.IndexOf("r=", StringComparison.Ordinal) + 2)..];
            await peer.SendRawAsync(first, $$"""{"id":ID,"status":"continue","scram":"r={{nonce}}x,s={{Convert.ToBase64String(new byte[length])}},i=4096"}""");
            var final = await peer.ReadRequestAsync();
            await peer.SendAsync(new Reply { Id = final.Id, Scram = "v=AAAA" });
        });
        var error = await Assert.ThrowsAnyAsync<ClientException>(() => ConnectAsync(server));
        Assert.Equal(fits, error is NotTrustedException);
    }

    public static TheoryData<string> LastMessages =>
        ["", "v=", "v=AAAA", "v=!", "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "e=\u001b[2J", "x=1", "MESSAGE,v=AAAA", "MESSAGE=", "p=AAAA"];

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(LastMessages))]
    public async Task A_last_message_that_proves_nothing_opens_no_session(string last)
    {
        var accounts = new FakeAccounts { LastMessage = right => last.Replace("MESSAGE", right, StringComparison.Ordinal) };
        await using var server = new FakeServer(accounts.LogInAsync);
        var error = await Assert.ThrowsAsync<NotTrustedException>(() => ConnectAsync(server));
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("""{"id":ID,"status":"ok","scram":"v=AAAA"}""")]
    [InlineData("""{"id":ID,"status":"continue"}""")]
    [InlineData("""{"id":ID,"status":"ok","body":4,"scram":"v=AAAA"}""")]
    public async Task A_step_that_is_left_out_opens_no_session(string reply)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            await peer.SendRawAsync(await peer.ReadRequestAsync(), reply);
            await peer.StaySilentAsync();
        });
        await Assert.ThrowsAnyAsync<ClientException>(() => ConnectAsync(server));
    }

    [Fact(Timeout = 4 * Timeout)]
    public async Task A_login_that_the_server_makes_long_can_be_left_at_once()
    {
        // Seconds are long enough to show it, and cost no more than seconds.
        const int iterations = Limits.MaxIterations / 4;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task? shorter = null;
        await using var server = FakeServer.Greeting(async peer =>
        {
            var first = await peer.ReadRequestAsync();
            var nonce = first.Scram![(first.Scram!.IndexOf("r=", StringComparison.Ordinal) + 2)..];
            // The measure of "at once" is the same work, three fourths of it, begun at the same time; by a thread of its own, since those of the
            // pool have to hear of the end.
            shorter = Task.Factory.StartNew(
                () => Rfc2898DeriveBytes.Pbkdf2("x", new byte[16], iterations / 4 * 3, HashAlgorithmName.SHA256, 32),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await peer.SendAsync(new Reply
            {
                Id = first.Id,
                Status = ReplyStatus.Continue,
                Scram = $"r={nonce}x,s=MDEyMw==,i={iterations}",
            });
            stop.CancelAfter(100);
            await peer.StaySilentAsync();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectAsync(server, stop.Token));
        Assert.False(shorter!.IsCompleted);
        await shorter;
    }

    private static Task<FileClient> ConnectAsync(FakeServer server, CancellationToken stop = default) => FileClient.ConnectAsync(
        server.Url with { User = FakeAccounts.User }, new ClientOptions { Password = ClientOptions.UsePassword(FakeAccounts.Password) }, stop);
}
