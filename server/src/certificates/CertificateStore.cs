using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Server;

/// <summary>
/// The server's certificate: the operator's own PEM files, or a self-signed one that it makes in the data folder
/// (<c>certificate.pem</c>, <c>key.pem</c>) and renews with the same key, so that no client's pin changes.
/// </summary>
public sealed class CertificateStore
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private readonly TimeProvider _clock;
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly IReadOnlyList<string>? _names; // null: files that are somebody else's to write.
    private volatile ServerCertificate _current;

    /// <summary>Loads the certificate that <paramref name="options"/> name, or makes one.</summary>
    /// <param name="options">The server's options.</param>
    /// <param name="clock">What the time is; null for the system's.</param>
    /// <param name="mayMake">False in processes that only read what the one that owns the data folder makes and renews.</param>
    /// <exception cref="StartException">The files cannot be read, or do not belong together.</exception>
    public CertificateStore(ServerOptions options, TimeProvider? clock = null, bool mayMake = true)
    {
        _clock = clock ?? TimeProvider.System;
        if (options.CertificateFile is { } own)
        {
            (_certificateFile, _keyFile) = (own, options.CertificateKeyFile ?? own);
        }
        else
        {
            _certificateFile = Path.Combine(options.Data, "certificate.pem");
            _keyFile = Path.Combine(options.Data, "key.pem");
            if (mayMake) _names = HostNames.All(options.CertificateNames);
        }

        _current = Load();
    }

    /// <summary>What handshakes are given now; handshakes under way keep what they began with.</summary>
    public ServerCertificate Current => _current;

    /// <summary>Reads the files again, renews what is due, and returns true where the certificate changed.</summary>
    /// <exception cref="StartException">The new files are unusable; <see cref="Current"/> stays.</exception>
    public bool Reload()
    {
        var loaded = Load();
        if (loaded.Leaf.RawDataMemory.Span.SequenceEqual(_current.Leaf.RawDataMemory.Span)) return false;
        _current = loaded;
        return true;
    }

    private ServerCertificate Load()
    {
        try
        {
            if (_names is not null) RenewWhereDue(_names);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(_certificateFile);
            return new ServerCertificate(X509Certificate2.CreateFromPemFile(_certificateFile, _keyFile), chain);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(SystemReason.Of(error), error);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw Unusable(StartText.NotPem, error);
        }
    }

    private StartException Unusable(string reason, Exception? error = null) =>
        new(StartText.CertificateUnusable(_certificateFile, _keyFile, reason), error);

    private void RenewWhereDue(IReadOnlyList<string> names)
    {
        var exists = File.Exists(_certificateFile);
        if (exists && !File.Exists(_keyFile))
            throw Unusable(StartText.KeyMissing);
        if (exists && !IsDue(names)) return;

        using var key = LoadOrMakeKey();
        using var certificate = SelfSigned.Create(key, names, _clock.GetUtcNow());
        try
        {
            PrivateFile.Write(_certificateFile, certificate.ExportCertificatePem() + "\n");
        }
        catch (Exception error) when (exists && error is IOException or UnauthorizedAccessException)
        {
            // A full disk: the old one serves on. Clients pin its key, whatever its names and its time.
        }
    }

    private bool IsDue(IReadOnlyList<string> names)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(_certificateFile));
        return certificate.NotAfter.ToUniversalTime() - _clock.GetUtcNow() < RenewBefore || !Names(certificate).SetEquals(names);
    }

    private static HashSet<string> Names(X509Certificate2 certificate)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        return alternatives.SelectMany(a => a.EnumerateDnsNames())
            .Concat(alternatives.SelectMany(a => a.EnumerateIPAddresses()).Select(address => address.ToString()))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    // The key is written before the certificate over it: a crash in between leaves a key that the next start uses.
    private ECDsa LoadOrMakeKey()
    {
        if (File.Exists(_keyFile))
        {
            var kept = ECDsa.Create();
            kept.ImportFromPem(File.ReadAllText(_keyFile));
            return kept;
        }

        var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PrivateFile.Write(_keyFile, made.ExportPkcs8PrivateKeyPem() + "\n");
        return made;
    }
}
