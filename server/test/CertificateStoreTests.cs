using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Server.Tests;

public sealed class CertificateStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ServerOptions Options => new() { Data = _folder.Path };

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    [Fact]
    public void The_first_start_makes_a_certificate_for_this_machine()
    {
        var leaf = new CertificateStore(Options).Current.Leaf;
        Assert.True(leaf.MatchesHostname("localhost"));
        Assert.True(leaf.MatchesHostname("127.0.0.1"));
        Assert.True(leaf.MatchesHostname("::1"));
        Assert.True(leaf.HasPrivateKey);
        Assert.Equal("1.2.840.10045.2.1", leaf.PublicKey.Oid.Value); // id-ecPublicKey, RFC 5480
        Assert.True(leaf.NotBefore < DateTime.Now && leaf.NotAfter > DateTime.Now.AddYears(5));
    }

    [Fact]
    public void Key_and_certificate_are_readable_by_their_owner_alone()
    {
        _ = new CertificateStore(Options);
        foreach (var name in new[] { "key.pem", "certificate.pem" })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder[name]));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void A_restart_keeps_the_certificate()
    {
        var first = new CertificateStore(Options).Current.Leaf.SerialNumber;
        Assert.Equal(first, new CertificateStore(Options).Current.Leaf.SerialNumber);
    }

    [Fact]
    public void The_fingerprint_is_the_hash_of_the_public_key()
    {
        var current = new CertificateStore(Options).Current;
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(_folder["key.pem"]));
        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())), current.Fingerprint);
    }

    [Theory]
    [InlineData(31, false)]
    [InlineData(29, true)]
    public void A_certificate_that_ends_soon_is_renewed_with_the_same_key(int daysLeft, bool renewed)
    {
        var first = new CertificateStore(Options).Current;
        var later = new CertificateStore(Options, new Clock(first.Leaf.NotAfter.ToUniversalTime().AddDays(-daysLeft))).Current;
        Assert.Equal(renewed, first.Leaf.SerialNumber != later.Leaf.SerialNumber);
        Assert.Equal(first.Fingerprint, later.Fingerprint);
        Assert.Equal(renewed, later.Leaf.NotAfter > first.Leaf.NotAfter);
    }

    [Fact]
    public void A_new_host_name_renews_with_the_same_key()
    {
        var first = new CertificateStore(Options).Current;
        var named = new CertificateStore(Options with { CertificateNames = ["files.example", "2001:DB8:0::1"] }).Current;
        Assert.True(named.Leaf.MatchesHostname("files.example"));
        Assert.Equal(first.Fingerprint, named.Fingerprint);
        var again = new CertificateStore(Options with { CertificateNames = ["files.example", "2001:DB8:0::1"] }).Current;
        Assert.Equal(named.Leaf.SerialNumber, again.Leaf.SerialNumber);
    }

    [Fact]
    public void A_lost_key_is_not_silently_replaced()
    {
        _ = new CertificateStore(Options);
        File.Delete(_folder["key.pem"]);
        Assert.Contains("the key is missing", Assert.Throws<StartException>(() => new CertificateStore(Options)).Message);
    }

    [Fact]
    public void A_damaged_certificate_is_an_error_that_names_it()
    {
        _folder.Write("key.pem", "x");
        _folder.Write("certificate.pem", "x");
        Assert.Contains("certificate.pem", Assert.Throws<StartException>(() => new CertificateStore(Options)).Message);
    }

    [Fact]
    public void The_operators_own_chain_is_served_and_reloaded()
    {
        WriteChain("one");
        var store = new CertificateStore(Own);
        Assert.Equal("CN=one", store.Current.Leaf.Subject);
        Assert.Single(store.Current.Context.IntermediateCertificates);
        Assert.False(store.Reload());

        WriteChain("two");
        Assert.True(store.Reload());
        Assert.Equal("CN=two", store.Current.Leaf.Subject);
    }

    [Fact]
    public void A_reload_of_broken_files_keeps_the_old_certificate()
    {
        WriteChain("one");
        var store = new CertificateStore(Own);
        _folder.Write("own.pem", "broken");
        Assert.Throws<StartException>(() => store.Reload());
        Assert.Equal("CN=one", store.Current.Leaf.Subject);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        WriteChain("one");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _folder.Write("own.key", other.ExportPkcs8PrivateKeyPem());
        Assert.Throws<StartException>(() => new CertificateStore(Own));
    }

    private ServerOptions Own => Options with { CertificateFile = _folder["own.pem"], CertificateKeyFile = _folder["own.key"] };

    private void WriteChain(string name)
    {
        var now = DateTimeOffset.UtcNow;
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("root", rootKey).CreateSelfSigned(now.AddDays(-1), now.AddDays(300));
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middle = Authority("middle", middleKey).Create(root, now.AddDays(-1), now.AddDays(200), [1]).CopyWithPrivateKey(middleKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).Create(middle, now.AddDays(-1), now.AddDays(100), [2]);
        _folder.Write("own.pem", leaf.ExportCertificatePem() + "\n" + middle.ExportCertificatePem() + "\n");
        _folder.Write("own.key", key.ExportPkcs8PrivateKeyPem());
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }

    [Fact]
    public void A_certificate_shows_no_name_and_address_of_the_machine_but_those_that_the_operator_wants()
    {
        var leaf = new CertificateStore(Options with { CertificateNames = ["files.example"] }).Current.Leaf;
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["localhost", "files.example"], names.EnumerateDnsNames());
        Assert.Equal(["127.0.0.1", "::1"], names.EnumerateIPAddresses().Select(address => address.ToString()));

        // One from before, which named more, is made anew over the same key.
        var fewer = new CertificateStore(Options).Current;
        Assert.False(fewer.Leaf.MatchesHostname("files.example"));
        Assert.Equal(leaf.PublicKey.ExportSubjectPublicKeyInfo(), fewer.Leaf.PublicKey.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public void A_disk_that_takes_nothing_leaves_the_old_certificate()
    {
        var first = new CertificateStore(Options).Current;
        Directory.CreateDirectory(_folder[$"certificate.pem.{Environment.ProcessId}.new"]); // Nothing can be written under that name then.
        var later = new CertificateStore(Options with { CertificateNames = ["files.example"] }).Current;
        Assert.Equal(first.Leaf.SerialNumber, later.Leaf.SerialNumber);
    }
}
