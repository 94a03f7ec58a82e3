using System.Security.Cryptography;

namespace Argosy.Files.Tests;

public sealed class PasswordVerifierTests
{
    private const string Salt = "W22ZaJ0SNY7soEsUEjb6gQ==";

    /// <summary>RFC 7677 section 3: what client and server sent.</summary>
    [Fact]
    public void It_agrees_with_the_exchange_that_RFC_7677_prints()
    {
        var verifier = PasswordVerifier.Create("pencil", Convert.FromBase64String(Salt), 4096);
        var message = "n=user,r=rOprNGfwEbeRWgbNEkqO"
            + ",r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
            + ",c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        var bytes = System.Text.Encoding.ASCII.GetBytes(message);

        // ServerSignature is v=; ClientProof XOR ClientSignature is ClientKey, whose hash is StoredKey.
        Assert.Equal("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Convert.ToBase64String(HMACSHA256.HashData(verifier.ServerKey, bytes)));
        var clientKey = HMACSHA256.HashData(verifier.StoredKey, bytes);
        var proof = Convert.FromBase64String("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        for (var i = 0; i < proof.Length; i++) clientKey[i] ^= proof[i];
        Assert.Equal(verifier.StoredKey, SHA256.HashData(clientKey));
    }

    [Fact]
    public void It_fits_its_password_and_no_other()
    {
        var verifier = PasswordVerifier.Create("correct horse");

        Assert.True(verifier.Verify("correct horse"));
        Assert.False(verifier.Verify("correct horsf"));
        Assert.False(verifier.Verify("Correct horse"));
        Assert.False(verifier.Verify("correct horse "));
        Assert.False(verifier.Verify(""));
    }

    [Fact]
    public void A_new_one_has_a_fresh_salt_of_16_bytes_and_enough_iterations()
    {
        var first = PasswordVerifier.Create("pencil");
        var second = PasswordVerifier.Create("pencil");

        Assert.Equal(16, first.Salt.Length);
        Assert.NotEqual(first.Salt, second.Salt);
        Assert.NotEqual(first, second);
        Assert.InRange(first.Iterations, 15_000, PasswordVerifier.MaxIterations);
    }

    [Theory]
    [InlineData("Ange\u0301lique", "Ang\u00E9lique")]
    [InlineData("\uFF50\uFF45\uFF4E", "pen")]
    [InlineData("\u212Bngstr\u00F6m", "\u00C5ngstro\u0308m")]
    [InlineData("\uFB01n", "fin")]
    public void Spellings_that_NFKC_joins_are_one_password(string stored, string given)
    {
        Assert.True(PasswordVerifier.Create(stored).Verify(given));
    }

    [Fact]
    public void Without_Unicode_data_nothing_is_compared()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Nfkc.RequireWorking(text => text));

        Assert.Contains("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("nul\0")]
    public void Passwords_that_cannot_be_are_refused(string password)
    {
        Assert.Throws<ArgumentException>(() => PasswordVerifier.Create(password));
        Assert.False(PasswordVerifier.Create("x").Verify(password));
    }

    [Fact]
    public void Text_that_is_no_Unicode_is_no_password() => Assert.Throws<ArgumentException>(() => PasswordVerifier.Create("a" + (char)0xD800));

    [Fact]
    public void A_password_has_at_most_1024_characters()
    {
        Assert.True(PasswordVerifier.Create(new string('p', 1024)).Verify(new string('p', 1024)));
        Assert.Throws<ArgumentException>(() => PasswordVerifier.Create(new string('p', 1025)));
    }

    [Fact]
    public void Its_line_reads_back_and_is_the_usual_form()
    {
        var verifier = PasswordVerifier.Create("pencil", Convert.FromBase64String(Salt), 4096);

        Assert.StartsWith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$", verifier.Format());
        Assert.Equal(verifier, PasswordVerifier.Parse(verifier.Format()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("pencil")]
    [InlineData("SCRAM-SHA-256$4095:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=")]
    [InlineData("SCRAM-SHA-256$10000001:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=")]
    [InlineData("SCRAM-SHA-256$+4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=")]
    [InlineData("SCRAM-SHA-1$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=")]
    [InlineData("SCRAM-SHA-256$4096:$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=")]
    [InlineData("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$:")]
    [InlineData("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3Otc:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=")]
    [InlineData("SCRAM-SHA-256:4096$W22ZaJ0SNY7soEsUEjb6gQ==:WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=$wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=")]
    public void A_malformed_line_is_refused_and_not_repeated(string line)
    {
        var error = Assert.Throws<FormatException>(() => PasswordVerifier.Parse(line));

        if (line.Length > 0) Assert.DoesNotContain(line, error.Message);
    }

    [Fact]
    public void A_verifier_of_nothing_fits_nothing()
    {
        var keys = new byte[32];

        Assert.False(new PasswordVerifier([], 4096, keys, keys).Verify("x"));
        Assert.False(new PasswordVerifier(new byte[16], 0, keys, keys).Verify("x"));
        Assert.False(new PasswordVerifier(new byte[16], 4096, [], []).Verify("x"));
    }

    [Fact]
    public void Its_text_for_logs_shows_no_key()
    {
        Assert.Equal("SCRAM-SHA-256, 4096 iterations", PasswordVerifier.Create("pencil", Convert.FromBase64String(Salt), 4096).ToString());
    }
}
