using System.Security.Cryptography;
using Argosy.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.FrontEnds;

/// <summary>Accounts with homes in a temporary folder, and a file service over them, for one test.</summary>
public sealed class FileWorld : IAsyncDisposable
{
    /// <summary>May do everything.</summary>
    public const string User = "alex";

    /// <summary>May hold <see cref="LimitBytes"/>.</summary>
    public const string Limited = "limited";

    /// <summary>May list and read.</summary>
    public const string Reader = "reader";

    /// <summary>Everybody's.</summary>
    public const string Password = "correct horse";

    /// <summary>The quota of <see cref="Limited"/>.</summary>
    public const int LimitBytes = 100_000;

    /// <summary>The accounts' names.</summary>
    public static readonly IReadOnlyList<string> Names = [User, Limited, Reader];

    private static readonly PasswordVerifier Verifier = QuickVerifier();
    private readonly string _folder = Directory.CreateTempSubdirectory("argosy-").FullName;
    private readonly FileServiceOptions _options;
    private IStorage? _storage;

    public FileWorld(AnonymousAccess anonymous = AnonymousAccess.None, IStorage? storage = null, long? anonymousQuota = null, BanRule? bans = null)
    {
        _storage = storage;
        Root = Directory.CreateDirectory(System.IO.Path.Combine(_folder, "root")).FullName;
        foreach (string name in Names)
            Directory.CreateDirectory(System.IO.Path.Combine(Root, name));
        _options = new FileServiceOptions
        {
            Root = Root,
            Data = Data,
            Anonymous = anonymous,
            DefaultQuotaBytes = anonymousQuota,
            MinFree = 0,
            Bans = bans ?? new BanRule(),
            Limits = new SessionLimits { PerAccount = 0, Visitors = 0, VisitorsFromAddress = 0 }, // Tests hold hundreds.
        };
    }

    /// <summary>The accounts, to be changed by a test.</summary>
    public MemoryAccountStore Accounts { get; } = new(
        new Account { Name = User, Verifier = Verifier },
        new Account { Name = Limited, Verifier = Verifier, QuotaBytes = LimitBytes },
        new Account { Name = Reader, Verifier = Verifier, Permissions = Permissions.Read | Permissions.List });

    /// <summary>The service under a front end of this process.</summary>
    public FileService Files => field ??= new FileService(_options, Accounts, Storage, NullLogger<FileService>.Instance);

    /// <summary>The data folder.</summary>
    public string Data => System.IO.Path.Combine(_folder, "data");

    /// <summary>The folder of the homes.</summary>
    public string Root { get; }

    /// <summary>Where a file of <see cref="User"/> is on this machine.</summary>
    public string Path(string name) => System.IO.Path.Combine(Root, User, name);

    private IStorage Storage => _storage ??= new LocalStorage(new LocalStorageOptions { Staging = System.IO.Path.Combine(_folder, "staging") });

    /// <summary>RFC 5802 section 3 with the fewest rounds that clients accept: tests log in often.</summary>
    private static PasswordVerifier QuickVerifier()
    {
        const int rounds = 4_096;
        byte[] salt = RandomNumberGenerator.GetBytes(16);
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(Password, salt, rounds, HashAlgorithmName.SHA256, 32);
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        return new PasswordVerifier(salt, rounds, SHA256.HashData(clientKey), HMACSHA256.HashData(salted, "Server Key"u8));
    }

    public async ValueTask DisposeAsync()
    {
        if (_storage is not null)
            await Files.DisposeAsync();
        (_storage as IDisposable)?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
