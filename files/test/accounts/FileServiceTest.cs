using System.Net;

namespace Argosy.Files.Tests;

/// <summary>A file service over accounts in memory, whose sessions are only recorded, for one test.</summary>
public abstract class FileServiceTest : IAsyncDisposable
{
    private protected const string Password = "correct horse";
    private readonly List<FileService> _services = [];

    private protected static SessionOrigin Origin { get; } = new("test", IPAddress.Parse("192.0.2.7"));

    private protected static PasswordVerifier Verifier { get; } = PasswordVerifier.Create(Password, new byte[16], 4096);

    private protected static PasswordVerifier Another { get; } = PasswordVerifier.Create("another", new byte[16], 4096);

    private protected static Account Alex { get; } = new() { Name = "alex", Verifier = Verifier };

    private protected Premises Premises { get; } = new();

    private protected Lines<FileService> Log { get; } = new();

    private protected RecordingOpener Opener { get; } = new();

    private protected ManualClock Clock { get; } = new();

    private protected MemoryAccountStore Accounts { get; } = new(Alex);

    private protected FileServiceOptions Options => new() { Root = Premises.Root, Data = Premises.Data };

    public async ValueTask DisposeAsync()
    {
        await DisposeServicesAsync();
        foreach (var service in _services) await service.DisposeAsync();
        Premises.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What a test has started by itself.</summary>
    private protected virtual ValueTask DisposeServicesAsync() => default;

    private protected FileService Start(Func<FileServiceOptions, FileServiceOptions>? change = null)
    {
        var service = new FileService(change?.Invoke(Options) ?? Options, Accounts, _ => Opener, Log, Clock);
        _services.Add(service);
        return service;
    }

    private protected static async Task<FileSession> LoginAsync(FileService service, string name = "alex") =>
        await service.LoginAsync(name, Password, Origin, InlineOffload.Instance);

    private protected static async Task EndsAsync(SessionGrant grant)
    {
        var ended = new TaskCompletionSource();
        await using var registration = grant.Ended.Register(ended.SetResult);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
