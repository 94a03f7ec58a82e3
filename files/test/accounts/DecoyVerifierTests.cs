namespace Argosy.Files.Tests;

/// <summary>Names that nobody has look like names that somebody has.</summary>
public sealed class DecoyVerifierTests : FileServiceTest
{
    [Fact]
    public void A_made_up_verifier_looks_real_and_stays_the_same_over_restarts_and_tries()
    {
        var first = Start().BeginLogin("nobody", Origin).Verifier;
        var again = Start().BeginLogin("nobody", Origin).Verifier;
        var other = Start().BeginLogin("nobody2", Origin).Verifier;

        Assert.Equal(first, again);
        Assert.NotEqual(first.Salt, other.Salt);
        Assert.Equal((Verifier.Salt.Length, Verifier.Iterations, 32, 32), (first.Salt.Length, first.Iterations, first.StoredKey.Length, first.ServerKey.Length));
        Assert.Equal(Start().BeginLogin("\u212B", Origin).Verifier, Start().BeginLogin("\u00C5", Origin).Verifier);
    }

    [Fact]
    public void A_made_up_verifier_shows_an_iteration_count_that_real_ones_have()
    {
        Accounts.Save(Alex with { Name = "bob", Verifier = Another with { Iterations = 5000 } });
        var service = Start();
        var counts = Enumerable.Range(0, 50).Select(i => service.BeginLogin($"nobody{i}", Origin).Verifier.Iterations).Distinct().Order();
        Assert.Equal([4096, 5000], counts);

        Accounts.Remove("bob");
        Assert.Equal(4096, Assert.Single(Enumerable.Range(0, 50).Select(i => service.BeginLogin($"nobody{i}", Origin).Verifier.Iterations).Distinct()));
    }

    [Fact]
    public void Another_server_makes_up_other_verifiers()
    {
        var first = Start().BeginLogin("nobody", Origin).Verifier;
        System.IO.File.Delete(Path.Combine(Premises.Data, "login-secret"));

        Assert.NotEqual(first, Start().BeginLogin("nobody", Origin).Verifier);
    }

    [Fact]
    public void The_secret_is_for_its_owner_alone_and_a_damaged_one_is_refused()
    {
        Start();
        var secret = Path.Combine(Premises.Data, "login-secret");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(secret));

        System.IO.File.WriteAllText(secret, "short");

        Assert.Contains(secret, Assert.Throws<AccountStoreException>(() => Start()).Message);
    }
}
