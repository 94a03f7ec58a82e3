using System.Text.RegularExpressions;
using Argosy.Client;
using Argosy.Files;
using Argosy.Server;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Cli.Tests.Spine;

/// <summary>
/// What a person has after a minute with the README: a server process, the account <c>alex</c>, and a client, all with one home folder of their
/// own. Everything goes through real processes and sockets, but for the account: what <c>argosy user add</c> writes is written here, because
/// a process for each test would do no more.
/// </summary>
internal sealed class Deployment : IAsyncDisposable
{
    public const string User = "alex";
    public const string Password = "correct-horse-battery";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly PasswordVerifier Verifier = PasswordVerifier.Create(Password);

    private readonly string[] _arguments;

    private Deployment(TempFolder home, ServeProcess server, string[] arguments) => (Home, Server, _arguments) = (home, server, arguments);

    public TempFolder Home { get; }

    public ServeProcess Server { get; private set; }

    /// <summary>Starts a server that knows <c>alex</c> and allows plain.</summary>
    public static Task<Deployment> StartAsync(params string[] arguments) => StartAsync(new TempFolder(), quota: null, arguments);

    /// <summary>Starts a server that knows <c>alex</c>, who may have a quota, in a folder that becomes its own.</summary>
    public static Task<Deployment> StartAsync(TempFolder home, long? quota, params string[] arguments) =>
        StartWithinAsync([], home, quota, arguments);

    /// <summary>The same, with the server started by another program: see <see cref="ServeProcess.StartWithinAsync"/>.</summary>
    public static async Task<Deployment> StartWithinAsync(string[] starter, TempFolder home, long? quota, params string[] arguments)
    {
        try
        {
            AddAccount(home, quota);
            string[] plain = ["--plain", .. arguments];
            return new Deployment(home, await ServeProcess.StartWithinAsync(starter, home, plain), plain);
        }
        catch
        {
            home.Dispose();
            throw;
        }
    }

    /// <summary>A file of alex's, as the server's disk has it.</summary>
    public string Stored(string name) => Path.Combine(Home["share"], User, name);

    /// <summary>Where something of alex's lies; <paramref name="path"/> is percent-encoded already.</summary>
    public string Url(string path, bool tls = false, int? port = null) =>
        $"{(tls ? "argosy" : "argosy+plain")}://{User}@127.0.0.1:{port ?? Server.Address.Port}{path}";

    /// <summary>Runs a client command to its end.</summary>
    public Task<CommandResult> RunAsync(params string[] words) =>
        ArgosyCommand.RunProgramAsync(Home, ArgosyCommand.Program, Words(words), Patience, Login);

    /// <summary>Runs a client command and asserts that it does what it is told, without a word on standard error.</summary>
    public async Task<string> DoAsync(params string[] words)
    {
        var result = await RunAsync(words);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output;
    }

    /// <summary>Runs a client command; returns the most memory that it had resident, in bytes, beside the result.</summary>
    public async Task<(CommandResult Result, long Peak)> MeasureAsync(params string[] words)
    {
        // The kernel counts for whoever waits; a small parent, because a child begins with its parent's peak (getrusage(2)).
        const string Measure = """
            import resource, subprocess, sys
            code = subprocess.call(sys.argv[2:])
            open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
            sys.exit(code)
            """;
        var file = Home[$"peak-{Guid.NewGuid():N}"];
        var result = await ArgosyCommand.RunProgramAsync(
            Home, "/usr/bin/env", ["python3", "-c", Measure, file, ArgosyCommand.Program, .. Words(words)], Patience, Login);
        return (result, 1024 * long.Parse(await File.ReadAllTextAsync(file)));
    }

    /// <summary>Starts <c>argosy put - URL</c>, whose standard input stays open.</summary>
    public HeldUpload BeginPut(string path, bool tls = false) =>
        HeldUpload.Start(ArgosyCommand.Describe(Home, ArgosyCommand.Program, Words(["put", "-", Url(path, tls)]), Login));

    /// <summary>A session of the client's library.</summary>
    public Task<FileClient> ConnectAsync(bool tls = false) => FileClient.ConnectAsync(
        ArgosyUrl.Parse(Url("/", tls)),
        new ClientOptions
        {
            Password = ClientOptions.UsePassword(Password),
            AcceptUnknown = (_, _) => ValueTask.FromResult(true),
            KnownServers = new KnownServers(Home["known"]),
        });

    /// <summary>Starts the server again, on the same port.</summary>
    public async Task RestartAsync()
    {
        var address = Server.Address.ToString();
        await Server.DisposeAsync();
        Server = await ServeProcess.StartAsync(Home, [.. _arguments, "--listen", address]);
    }

    /// <summary>What is staged at this moment, on its way to a name.</summary>
    public IReadOnlyList<FileInfo> Staged() => StagedIn(Home.Path);

    /// <summary>Staged files anywhere beneath a folder.</summary>
    public static IReadOnlyList<FileInfo> StagedIn(string folder)
    {
        var everywhere = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return [.. Directory.EnumerateFiles(folder, "*", everywhere)
            .Where(file => Regex.IsMatch(file, @"/(\.argosy-staging|data/staging/[^/]+)/[^/]+$") && Path.GetFileName(file) != "lock")
            .Select(file => new FileInfo(file))];
    }

    /// <summary>Waits until an upload has bytes on the server's disk.</summary>
    public Task WaitForStagedAsync(int count = 1) => Poll.UntilAsync(
        () => Staged().Count(file => file is { Exists: true, Length: > 0 }) >= count, () => "Nothing is staged");

    /// <summary>Asserts that no upload or removal leaves anything on the server's disk.</summary>
    public Task AssertNothingIsStagedAsync() => Poll.UntilAsync(
        () => Staged().Count == 0, () => $"Left behind: {string.Join(", ", Staged().Select(file => file.FullName))}");

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();

        // Directory.Delete cannot remove names that are no text.
        await ArgosyCommand.RunProgramAsync(Home, "/bin/rm", ["-rf", "--", Home["share"], Home["tree"], Home["back"]]);
        Home.Dispose();
    }

    // The home is said, so that tests may fill it before alex has ever logged in: one that nobody was given would be refused then.
    private static void AddAccount(TempFolder home, long? quota)
    {
        var data = ServeProcess.DataOf(home);
        DataFolder.Ensure(data);
        new JsonAccountStore(data, NullLogger<JsonAccountStore>.Instance)
            .SaveAll([new Account { Name = User, Verifier = Verifier, QuotaBytes = quota, Home = Path.Combine(home["share"], User) }]);
    }

    private static (string, string) Login => ("ARGOSY_PASSWORD", Password);

    private static string[] Words(string[] words) => [words[0], "--accept-new", .. words[1..]];
}
