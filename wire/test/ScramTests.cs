namespace Argosy.Wire.Tests;

public sealed class ScramTests
{
    // RFC 7677 section 3: user "user", password "pencil".
    private const string ClientNonce = "rOprNGfwEbeRWgbNEkqO";
    private const string ServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private const string ClientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    private const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private const string ClientFinal = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private const string ServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    [Fact]
    public void The_client_speaks_the_vector_of_RFC_7677()
    {
        var client = new ScramClient("user", "pencil", nonce: ClientNonce);
        Assert.Equal(ScramMechanism.Plain, client.Mechanism);
        Assert.Equal(ClientFirst, client.First());
        Assert.Equal(ClientFinal, client.Final(ServerFirst));
        client.Verify(ServerFinal);
    }

    [Fact]
    public void The_server_speaks_the_vector_of_RFC_7677()
    {
        var server = new ScramServer(nonce: ServerNonce);
        Assert.Equal("user", server.Start(ScramMechanism.Plain, ClientFirst));
        var keys = ScramAccount.Of("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
        Assert.Equal(ServerFirst, keys.Challenge(server));
        Assert.Equal(ServerFinal, server.Finish(ClientFinal));
    }

    [Fact]
    public void A_login_bound_to_its_channel_succeeds_and_differs_for_every_nonce()
    {
        byte[] channel = [1, 2, 3];
        var client = new ScramClient("al=ex,ﬁ", "pässword", channel);
        Assert.Equal(ScramMechanism.Plus, client.Mechanism);
        Assert.StartsWith("p=tls-server-end-point,,n=al=3Dex=2Cfi,r=", client.First(), StringComparison.Ordinal);
        var server = new ScramServer(channel);
        Assert.Equal("al=ex,fi", server.Start(client.Mechanism, client.First()));
        var final = client.Final(ScramAccount.Of("pässword").Challenge(server));
        client.Verify(server.Finish(final));
        Assert.NotEqual(client.First(), new ScramClient("al=ex,ﬁ", "pässword", channel).First());
    }

    [Fact]
    public void The_channel_bound_messages_are_these_bytes()
    {
        // RFC 7677's nonces and salt; c= is base64 of "p=tls-server-end-point,," and the channel's bytes 00 01 02.
        var client = new ScramClient("user", "pencil", [0, 1, 2], nonce: ClientNonce);
        Assert.Equal("p=tls-server-end-point,,n=user,r=rOprNGfwEbeRWgbNEkqO", client.First());
        var final = client.Final(ServerFirst);
        Assert.StartsWith("c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAAEC,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=", final, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relay_with_another_certificate_fails()
    {
        var client = new ScramClient("alex", "pw", [1]);
        var server = new ScramServer([2]);
        server.Start(client.Mechanism, client.First());
        AssertFails(WireError.LoginFailed, () => server.Finish(client.Final(ScramAccount.Of("pw").Challenge(server))));
    }

    [Fact]
    public void A_relay_that_hides_PLUS_is_noticed()
    {
        var client = new ScramClient("alex", "pw", [1], serverHasPlus: false);
        Assert.Equal(ScramMechanism.Plain, client.Mechanism);
        Assert.StartsWith("y,,", client.First(), StringComparison.Ordinal);
        AssertFails(WireError.LoginFailed, () => new ScramServer([1]).Start(client.Mechanism, client.First()));
        // On a plain connection too: this client speaks TLS, to somebody else.
        AssertFails(WireError.LoginFailed, () => new ScramServer().Start(client.Mechanism, client.First()));
    }

    [Fact]
    public void A_relay_that_rewrites_the_flag_fails()
    {
        var client = new ScramClient("alex", "pw", [1], serverHasPlus: false);
        var server = new ScramServer([1]);
        server.Start(client.Mechanism, "n" + client.First()[1..]);
        AssertFails(WireError.LoginFailed, () => server.Finish(client.Final(ScramAccount.Of("pw").Challenge(server))));
    }

    [Theory]
    [InlineData("SCRAM-SHA-256", "p=tls-server-end-point,,n=a,r=b", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256-PLUS", "n,,n=a,r=b", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256-PLUS", "y,,n=a,r=b", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,n=a,r=b", false, WireError.Unsupported)]
    [InlineData("SCRAM-SHA-256-PLUS", "p=tls-unique,,n=a,r=b", true, WireError.Unsupported)]
    [InlineData("SCRAM-SHA-1", "n,,n=a,r=b", true, WireError.Unsupported)]
    [InlineData("", "n,,n=a,r=b", true, WireError.Unsupported)]
    [InlineData("SCRAM-SHA-256", "n,,m=x,n=a,r=b", true, WireError.Unsupported)]
    [InlineData("SCRAM-SHA-256", "n,,n=a,m=x,r=b", true, WireError.Unsupported)]
    [InlineData("SCRAM-SHA-256", "n,,n=a,r=b,m=x", true, WireError.Unsupported)]
    [InlineData("SCRAM-SHA-256", "n,a=other,n=a,r=b", true, WireError.LoginFailed)]
    [InlineData("SCRAM-SHA-256", "n,x,n=a,r=b", true, WireError.LoginFailed)]
    [InlineData("SCRAM-SHA-256", "", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "x,,n=a,r=b", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "N,,n=a,r=b", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=,r=b", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=a", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=a,r=", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=a,r=b c", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=a,r=é", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,r=b,n=a", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=a,r=b,r=c", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=a,r=b,i=1", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=a,r=b,", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=a=2,r=b", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=a=2c,r=b", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=a=,r=b", true, WireError.BadRequest)]
    [InlineData("SCRAM-SHA-256", "n,,n=a\0,r=b", true, WireError.BadRequest)]
    public void A_server_refuses_to_start(string mechanism, string first, bool tls, WireError error) =>
        AssertFails(error, () => new ScramServer(tls ? [1] : null).Start(mechanism, first));

    [Theory]
    [InlineData("n,,n=a=2Cb=3D=3D2C,r=x", "a,b==2C")]
    [InlineData("n,a=a,n=a,r=x", "a")]
    [InlineData("n,,n=a,r=x,z=ignored,y=too", "a")]
    [InlineData("n,,n=ﬁ,r=x", "fi")]
    [InlineData("n,,n=e\u0301,r=x", "\u00e9")]
    public void A_server_reads_the_name(string first, string name) => Assert.Equal(name, new ScramServer().Start(ScramMechanism.Plain, first));

    [Theory]
    [InlineData("r={n},s=AQI=,i=4096", true)]
    [InlineData("r={n},s=AQI=,i=4096,z=later", true)]
    [InlineData("r={n},s=AQI=,i=4095", false)]
    [InlineData("r={n},s=AQI=,i=1", false)]
    [InlineData("r={n},s=AQI=,i=10000001", false)]
    [InlineData("r={n},s=AQI=,i=2147483647", false)]
    [InlineData("r={n},s=AQI=,i=99999999999999999999", false)]
    [InlineData("r={n},s=AQI=,i=04096", false)]
    [InlineData("r={n},s=AQI=,i=-4096", false)]
    [InlineData("r={n},s=AQI=,i=+4096", false)]
    [InlineData("r={n},s=AQI=,i=4096 ", false)]
    [InlineData("r={n},s=AQI=,i=", false)]
    [InlineData("r={n},s=AQI=", false)]
    [InlineData("r={n},s=,i=4096", false)]
    [InlineData("r={n},s=AQI,i=4096", false)]
    [InlineData("r={n},s=A QI=,i=4096", false)]
    [InlineData("r={n},i=4096,s=AQI=", false)]
    [InlineData("m=x,r={n},s=AQI=,i=4096", false)]
    [InlineData("r={n},s=AQI=,i=4096,m=x", false)]
    [InlineData("r={n},s=AQI=,i=4096,i=5000", false)]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=AQI=,i=4096", false)] // no nonce of its own
    [InlineData("r=rOprNGfwEbeRWgbNEkq0x,s=AQI=,i=4096", false)]
    [InlineData("r=x,s=AQI=,i=4096", false)]
    [InlineData("e=other-error", false)]
    [InlineData("", false)]
    public void A_client_checks_the_challenge_before_it_derives(string challenge, bool accepted)
    {
        var client = new ScramClient("user", "pencil", nonce: ClientNonce);
        challenge = challenge.Replace("{n}", ClientNonce + "!", StringComparison.Ordinal);
        if (accepted)
            Assert.StartsWith("c=biws,r=", client.Final(challenge), StringComparison.Ordinal);
        else
            Assert.Throws<WireException>(() => client.Final(challenge));
    }

    [Theory]
    [InlineData("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=")]
    [InlineData("v=")]
    [InlineData("v=AAAA")]
    [InlineData("e=invalid-proof")]
    [InlineData("")]
    [InlineData("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,m=x")]
    public void A_client_refuses_a_server_that_cannot_sign(string final)
    {
        var client = new ScramClient("user", "pencil", nonce: ClientNonce);
        client.Final(ServerFirst);
        Assert.Throws<WireException>(() => client.Verify(final));
    }

    [Theory]
    [InlineData("c=biws,r={r},p={p}", true, WireError.Other)]
    [InlineData("c=biws,r={r},p=AAAA", false, WireError.LoginFailed)]
    [InlineData("c=biws,r={r},p=AHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", false, WireError.LoginFailed)]
    [InlineData("c=eSws,r={r},p={p}", false, WireError.LoginFailed)]
    [InlineData("c=biws,r={r}x,p={p}", false, WireError.LoginFailed)]
    [InlineData("c=biws,r=x,p={p}", false, WireError.LoginFailed)]
    [InlineData("c=biws,r={r},z=1,p={p}", false, WireError.LoginFailed)] // not what was signed
    [InlineData("c=biws,r={r},m=1,p={p}", false, WireError.Unsupported)]
    [InlineData("c=biws,r={r},p={p},z=1", false, WireError.BadRequest)]
    [InlineData("c=biws,p={p},r={r}", false, WireError.BadRequest)]
    [InlineData("r={r},p={p}", false, WireError.BadRequest)]
    [InlineData("c=biws,r={r}", false, WireError.BadRequest)]
    [InlineData("c=biws,r={r},p=", false, WireError.BadRequest)]
    [InlineData("c=biws,r={r},p=!", false, WireError.BadRequest)]
    [InlineData("", false, WireError.BadRequest)]
    public void A_server_judges_the_proof(string final, bool accepted, WireError error)
    {
        var server = new ScramServer(nonce: ServerNonce);
        server.Start(ScramMechanism.Plain, ClientFirst);
        ScramAccount.Of("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==")).Challenge(server);
        final = final.Replace("{r}", ClientNonce + ServerNonce, StringComparison.Ordinal).Replace("{p}", "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", StringComparison.Ordinal);
        if (accepted)
            Assert.Equal(ServerFinal, server.Finish(final));
        else
            AssertFails(error, () => server.Finish(final));
    }

    [Fact]
    public void A_proof_that_is_rightly_signed_is_only_good_for_this_logins_nonce()
    {
        foreach (var (nonce, accepted) in (((string, bool)[])[(ClientNonce + ServerNonce, true), (ClientNonce + "another", false)]))
        {
            var server = new ScramServer(nonce: ServerNonce);
            server.Start(ScramMechanism.Plain, ClientFirst);
            var challenge = ScramAccount.Of("pw").Challenge(server);
            var withoutProof = $"c=biws,r={nonce}";
            var proof = ScramAccount.Prove("pw", $"{ClientFirst[3..]},{challenge},{withoutProof}");
            if (accepted)
                Assert.StartsWith("v=", server.Finish($"{withoutProof},p={proof}"), StringComparison.Ordinal);
            else
                AssertFails(WireError.LoginFailed, () => server.Finish($"{withoutProof},p={proof}"));
        }
    }

    [Fact]
    public void A_wrong_password_an_unknown_name_and_a_wrong_channel_fail_alike()
    {
        var messages = new List<string>();
        foreach (var (account, channel) in (((ScramAccount, byte[])[])[(ScramAccount.Of("other"), [1]), (new([1], 4096, new byte[32], new byte[32]), [1]), (ScramAccount.Of("pw"), [2])]))
        {
            var client = new ScramClient("alex", "pw", [1]);
            var server = new ScramServer(channel);
            server.Start(client.Mechanism, client.First());
            messages.Add(Assert.Throws<WireException>(() => server.Finish(client.Final(account.Challenge(server)))).Message);
        }

        Assert.Single(messages.Distinct());
    }

    [Fact]
    public void Passwords_are_compared_in_NFKC()
    {
        var client = new ScramClient("alex", "ﬁe\u0301");
        var server = new ScramServer();
        server.Start(client.Mechanism, client.First());
        client.Verify(server.Finish(client.Final(ScramAccount.Of("fi\u00e9").Challenge(server))));
        Assert.Equal("fi", ScramText.Normalize("\uFB01"));
    }

    [Theory]
    [InlineData("", "pw")]
    [InlineData("a\0", "pw")]
    [InlineData("a", "p\0")]
    public void A_client_does_not_begin_with_what_cannot_be_said(string name, string password) =>
        Assert.ThrowsAny<ArgumentException>(() => new ScramClient(name, password));

    [Fact]
    public void A_lone_surrogate_is_no_text()
    {
        Assert.Throws<ArgumentException>(() => new ScramClient("\ud800", "pw"));
        Assert.Throws<ArgumentException>(() => new ScramClient("a", "\ud800"));
        AssertFails(WireError.BadRequest, () => new ScramServer().Start(ScramMechanism.Plain, "n,,n=\ud800,r=x"));
    }

    [Fact]
    public void The_steps_have_an_order()
    {
        Assert.Throws<InvalidOperationException>(() => new ScramClient("a", "b").Verify(ServerFinal));
        Assert.Throws<InvalidOperationException>(() => ScramAccount.Of("a").Challenge(new ScramServer()));
        Assert.Throws<InvalidOperationException>(() => new ScramServer().Finish(ClientFinal));
    }

    private static void AssertFails(WireError error, Func<string> step) => Assert.Equal(error, Assert.Throws<WireException>(step).Error);
}
