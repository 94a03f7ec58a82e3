using System.Net;
using System.Runtime.InteropServices;
using Argosy.Files;
using Argosy.Native.Tests;
using Argosy.Wire;

namespace Argosy.Cli.Tests.Spine;

/// <summary>A server of several processes is one server: nobody sees how many there are, and whichever is killed, nothing is lost.</summary>
public sealed partial class WorkerTests
{
    private const int SigKill = 9;
    private const int Small = 20_000;

    public static TheoryData<string> Models(int turn) => Check.WorkerModelsInTurn(turn);

    [Theory]
    [MemberData(nameof(Models), 0)]
    public async Task A_worker_killed_in_the_middle_of_an_upload_harms_its_own_client_alone(string model)
    {
        for (var round = 0; round < (Check.All ? 14 : 1); round++) await KillWorkerOfAnUploadAsync(model);
    }

    private static async Task KillWorkerOfAnUploadAsync(string model)
    {
        await using var deployment = await Deployment.StartAsync(new TempFolder(), quota: 10 << 20, "--model", model);
        byte[] old = Contents.Random(3 << 20, 1), part = Contents.Random(1 << 20, 2);
        await File.WriteAllBytesAsync(deployment.Home["old"], old);
        await deployment.DoAsync("put", deployment.Home["old"], deployment.Url("/old"));
        await using var victim = deployment.BeginPut("/old");
        await victim.WriteAsync(part);
        var killed = await WorkerOfAsync(deployment, victim);
        await using var other = await BeginElsewhereAsync(deployment, killed);
        await other.WriteAsync(part);
        await deployment.WaitForStagedAsync(2);

        Assert.Equal(0, Kill(killed, SigKill));
        var failed = await victim.FinishAsync();
        Assert.Contains(failed.ExitCode, (int[])[3, 4]);
        Assert.Single(failed.Error.TrimEnd().Split('\n'));
        await other.WriteAsync(part);
        Assert.Equal(0, (await other.FinishAsync()).ExitCode);

        // Its client can go on, nothing that was acknowledged is gone, and what is left of the quota can be used to the last byte.
        Assert.Equal(old, await File.ReadAllBytesAsync(deployment.Stored("old")));
        await deployment.DoAsync("put", deployment.Home.Write("new", "new"), deployment.Url("/old"));
        Assert.Equal((byte[])[.. part, .. part], await File.ReadAllBytesAsync(deployment.Stored("other")));
        await using (var session = await deployment.ConnectAsync())
        {
            var quota = await session.QuotaAsync();
            Assert.Equal(((2L << 20) + 3, 2), (quota.Bytes, quota.Files));
        }

        await deployment.AssertNothingIsStagedAsync();
        await File.WriteAllBytesAsync(deployment.Home["rest"], new byte[(8 << 20) - 3]);
        await deployment.DoAsync("put", deployment.Home["rest"], deployment.Url("/rest"));
        Assert.Equal(1, (await deployment.RunAsync("put", deployment.Home.Write("one", "1"), deployment.Url("/one"))).ExitCode);
        Assert.DoesNotContain(killed, ProcessTree.ChildrenOf(deployment.Server.Id));
    }

    [Theory]
    [MemberData(nameof(Models), 1)]
    public async Task Fifty_uploads_over_workers_use_a_quota_to_its_last_byte_and_no_more(string model)
    {
        // Half of them fit; all that fit have to be taken, because an upload holds only what it was promised.
        await using var deployment = await Deployment.StartAsync(new TempFolder(), quota: 25 * Small, "--model", model);
        var clients = await ConnectAsync(deployment, count: model == "process" && !Check.All ? 10 : 50);
        Assert.True((await WorkersOfAsync(deployment, clients)).Distinct().Count() > 1);

        var answers = await PutFiftyAsync(clients, "a");
        Assert.Equal((25, 25), (answers.Count(answer => answer.IsOk), answers.Count(answer => answer.Error == WireError.OverQuota)));
        Assert.Equal(25L * Small, StoredBytes(deployment));

        // Half are replaced by nothing; as many as were taken away fit again.
        foreach (var file in Directory.GetFiles(deployment.Stored("")).Take(10))
            Assert.True((await clients[0].AskAsync($$"""{"cmd":"rm","path":"{{Path.GetFileName(file)}}"}""")).IsOk);
        answers = await PutFiftyAsync(clients, "b");
        Assert.Equal(10, answers.Count(answer => answer.IsOk));
        Assert.Equal(25L * Small, StoredBytes(deployment));
        Assert.Equal(25L * Small, (await clients[^1].AskAsync("""{"cmd":"quota"}""")).Reply.Bytes);
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Models), 2)]
    public async Task A_killed_server_leaves_no_process_and_its_port_to_the_next(string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model);
        await using var upload = deployment.BeginPut("/file");
        await upload.WriteAsync(Contents.Random(100_000, 1));
        await deployment.WaitForStagedAsync();
        var workers = ProcessTree.ChildrenOf(deployment.Server.Id);
        Assert.NotEmpty(workers);

        // Nobody else ends the workers: the restart only finds that the server has gone.
        deployment.Server.Signal(SigKill);
        await Poll.UntilAsync(() => !ProcessTree.Runs(deployment.Server.Id), () => "It is not dead");
        await deployment.RestartAsync();
        await Poll.UntilAsync(() => !workers.Any(ProcessTree.Runs), () => $"still there: {string.Join(", ", workers.Where(ProcessTree.Runs))}");
        Assert.Contains((await upload.FinishAsync()).ExitCode, (int[])[3, 4]);
        await deployment.DoAsync("ls", deployment.Url("/"));
    }

    [Theory]
    [MemberData(nameof(Models), 3)]
    public async Task Workers_that_end_are_waited_for_and_replaced(string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model);
        var server = deployment.Server.Id;

        // Their options are in no argument list.
        Assert.All(ProcessTree.ChildrenOf(server), worker => Assert.EndsWith("/argosy\0worker\0", File.ReadAllText($"/proc/{worker}/cmdline"), StringComparison.Ordinal));
        for (var round = 0; round < 3; round++)
        {
            foreach (var client in await ConnectAsync(deployment, count: 3)) await client.DisposeAsync();
            var workers = ProcessTree.ChildrenOf(server);
            Assert.Equal(0, Kill(workers[0], SigKill));
            await Poll.UntilAsync(() => !ProcessTree.ChildrenOf(server).Contains(workers[0]), () => "It is a zombie");
            await Poll.UntilAsync(() => ProcessTree.ChildrenOf(server).Count >= 2, () => "It is not replaced");
        }

        await Poll.UntilAsync(() => ProcessTree.ZombiesOf(server).Count == 0, () => "There are zombies");
        await deployment.DoAsync("ls", deployment.Url("/"));
        var before = ProcessTree.ChildrenOf(server);
        Assert.Equal(0, await deployment.Server.StopAsync());
        await Poll.UntilAsync(() => !before.Any(ProcessTree.Runs), () => "Workers outlive the server");
    }

    [Theory]
    [MemberData(nameof(Models), 4)]
    public async Task Ctrl_C_reaches_every_process_of_the_terminal_and_the_server_drains_all_the_same(string model)
    {
        // What a terminal sends goes to the whole process group; setsid(1) makes one of its own.
        await using var deployment = await Deployment.StartWithinAsync(["/usr/bin/setsid"], new TempFolder(), quota: null, "--model", model, "--drain", "1m");
        await using var upload = deployment.BeginPut("/file");
        await upload.WriteAsync(Contents.Random(100_000, 1));
        await deployment.WaitForStagedAsync();

        Assert.Equal(0, Kill(-deployment.Server.Id, ServeProcess.SigInt));
        await deployment.Server.WaitForLogAsync("for 1 connection;");
        await upload.WriteAsync(Contents.Random(100_000, 2));
        Assert.Equal(0, (await upload.FinishAsync()).ExitCode);
        Assert.Equal(0, (await deployment.Server.WaitAsync()).ExitCode);
        Assert.Equal(200_000, new FileInfo(deployment.Stored("file")).Length);
    }

    [Theory]
    [MemberData(nameof(Models), 5)]
    public async Task An_account_loses_its_sessions_in_every_worker_and_has_as_many_as_it_may_in_all(string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model);
        SetSessions(deployment, most: 6);
        await Poll.UntilAsync(() => deployment.Server.Log.Contains("Reloaded", StringComparison.Ordinal), () => deployment.Server.Log);
        var clients = await ConnectAsync(deployment, count: 6);
        Assert.True((await WorkersOfAsync(deployment, clients)).Distinct().Count() > 1);
        await using (var seventh = await WireClient.ConnectAsync(deployment.Server.Address))
            Assert.Equal(WireError.TooManySessions, (await seventh.LoginAsync(Deployment.User, Deployment.Password)).Error);

        await deployment.Server.UserAsync(["remove", Deployment.User]);
        var removed = Environment.TickCount64;
        foreach (var client in clients) Assert.Equal(WireError.SessionEnded, (await client.ReadAsync()).Error);
        Assert.InRange(Environment.TickCount64 - removed, 0, 5_000); // A second, and what a busy machine adds.
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Models), 6)]
    public async Task An_address_that_guesses_is_refused_by_every_worker_before_TLS_and_the_log_says_so_once(string model)
    {
        using var home = new TempFolder();
        var config = home.Write("serve.json", """{ "Bans": { "Failures": 4, "Time": "1h" } }""");
        await using var deployment = await Deployment.StartAsync("--model", model, "--config", config, "--verbose");
        await using var session = await deployment.ConnectAsync();
        for (var guess = 0; guess < 4; guess++)
        {
            await using var client = await WireClient.ConnectAsync(deployment.Server.Address);
            Assert.Equal(WireError.LoginFailed, (await client.LoginAsync(Deployment.User, $"guess {guess}")).Error);
        }

        for (var attempt = 0; attempt < 10; attempt++)
        {
            var refused = await deployment.RunAsync("ls", deployment.Url("/", tls: attempt % 2 == 0));
            Assert.Equal((1, "argosy: Too many logins from this address have failed: the server refuses it for a while. Try again later, or ask its operator.\n"), (refused.ExitCode, refused.Error));
        }

        // Whoever is in stays in; the ban outlives the server.
        await session.PingAsync();
        await deployment.Server.WaitForLogAsync("127.0.0.1 is banned for 01:00:00: 4 logins failed within 00:10:00.");
        Assert.Equal(2, deployment.Server.Log.Split("is banned for").Length);
        Assert.DoesNotMatch("(?m)^(?!\\d{4}-\\d\\d-\\d\\dT[0-9:]{8}Z (debug|info|warning|error) ).+", deployment.Server.Log.ReplaceLineEndings("\n").TrimEnd());
        await deployment.RestartAsync();
        Assert.NotEqual(0, (await deployment.RunAsync("ls", deployment.Url("/"))).ExitCode);
    }

    private static async Task<int> WorkerOfAsync(Deployment deployment, HeldUpload upload)
    {
        int? worker = null;
        await Poll.UntilAsync(
            () => (worker = ProcessTree.WorkerOf(deployment.Server.Id, deployment.Server.Address.Port, upload.Id)) is not null, () => "No worker serves it");
        return worker!.Value;
    }

    /// <summary>An upload that another worker serves; which one does is the kernel's choice, so it takes a few tries.</summary>
    private static async Task<HeldUpload> BeginElsewhereAsync(Deployment deployment, int worker)
    {
        for (var attempt = 0; attempt < 30; attempt++)
        {
            var upload = deployment.BeginPut("/other");
            if (await WorkerOfAsync(deployment, upload) != worker) return upload;
            await upload.DisposeAsync();
        }

        throw new InvalidOperationException("One worker serves all.");
    }

    private static async Task<List<WireClient>> ConnectAsync(Deployment deployment, int count)
    {
        var clients = new List<WireClient>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(await WireClient.ConnectAsync(deployment.Server.Address));
            Assert.True((await clients[^1].LoginAsync(Deployment.User, Deployment.Password)).IsOk);
        }

        return clients;
    }

    private static async Task<List<int?>> WorkersOfAsync(Deployment deployment, List<WireClient> clients)
    {
        var ports = clients.Select(client => ((IPEndPoint)client.Socket.LocalEndPoint!).Port).ToList();
        List<int?> workers = [];
        await Poll.UntilAsync(
            () => !(workers = [.. ports.Select(port => ProcessTree.WorkerOfPort(deployment.Server.Id, deployment.Server.Address.Port, port))]).Contains(null),
            () => "No worker serves them");
        return workers;
    }

    private static async Task<List<Answer>> PutFiftyAsync(List<WireClient> clients, string prefix)
    {
        var each = 50 / clients.Count;
        var answers = await Task.WhenAll(clients.Select(async (client, number) =>
        {
            List<Answer> mine = [];
            for (var i = 0; i < each; i++) mine.Add(await client.PutAsync($"{prefix}{number}-{i}", Contents.Random(Small, i)));
            return mine;
        }));
        return [.. answers.SelectMany(mine => mine)];
    }

    private static long StoredBytes(Deployment deployment) => Directory.GetFiles(deployment.Stored("")).Sum(file => new FileInfo(file).Length);

    private static void SetSessions(Deployment deployment, int most)
    {
        var accounts = new JsonAccountStore(ServeProcess.DataOf(deployment.Home), Microsoft.Extensions.Logging.Abstractions.NullLogger<JsonAccountStore>.Instance);
        accounts.Change(Deployment.User, account => account with { MaxSessions = most });
        deployment.Server.Signal(ServeProcess.SigHup);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
