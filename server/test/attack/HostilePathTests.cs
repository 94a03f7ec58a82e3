using Argosy.Native.Tests;

namespace Argosy.Server.Tests.Attack;

/// <summary>Every command that takes a path is said with every hostile path, through the protocol, to a home full of links that lead out.</summary>
public sealed class HostilePathTests
{
    private const string Content = "text";

    // What PATH and TO stand for is the path that is tried, in base64 as any bytes may be.
    private static readonly string[] Commands =
    [
        """{"cmd":"stat","path_b64":"PATH"}""", """{"cmd":"stat","path_b64":"PATH","link":true}""", """{"cmd":"ls","path_b64":"PATH"}""",
        """{"cmd":"get","path_b64":"PATH"}""", """{"cmd":"hash","path_b64":"PATH","algorithm":"md5"}""", """{"cmd":"blocks","path_b64":"PATH"}""",
        """{"cmd":"put","path_b64":"PATH","body":4}""", """{"cmd":"put","path_b64":"PATH","body":4,"overwrite":false}""",
        """{"cmd":"put","path_b64":"PATH","body":4,"upload":"u","size":9,"more":true}""", """{"cmd":"blocks","path_b64":"PATH","upload":"u"}""",
        """{"cmd":"uploads","discard":"u"}""",
        """{"cmd":"touch","path_b64":"PATH","mtime":1000000}""", """{"cmd":"mkdir","path_b64":"PATH"}""", """{"cmd":"mkdir","path_b64":"PATH","parents":true}""",
        """{"cmd":"ln","path_b64":"PATH","target":"f"}""", """{"cmd":"ln","path":"/new-link","target_b64":"PATH"}""", """{"cmd":"get","path":"/new-link"}""",
        """{"cmd":"put","path":"/new-link/new","body":4}""", """{"cmd":"rm","path":"/new-link/secret"}""", """{"cmd":"rm","path":"/new-link"}""",
        """{"cmd":"cp","path_b64":"PATH","to":"/copy"}""", """{"cmd":"cp","path":"/f","to_b64":"PATH"}""", """{"cmd":"get","path":"/copy"}""",
        """{"cmd":"mv","path":"/f","to_b64":"PATH"}""", """{"cmd":"mv","path_b64":"PATH","to":"/moved"}""", """{"cmd":"ls","path":"/moved"}""",
        """{"cmd":"get","path":"/moved"}""", """{"cmd":"mv","path":"/moved","to_b64":"PATH","overwrite":false}""",
        """{"cmd":"rm","path_b64":"PATH"}""", """{"cmd":"rmdir","path_b64":"PATH"}""", """{"cmd":"rmdir","path_b64":"PATH","recursive":true}""",
        """{"cmd":"cd","path_b64":"PATH"}""", """{"cmd":"ls"}""", """{"cmd":"get","path":"secret"}""", """{"cmd":"put","path":"new","body":4}""",
        """{"cmd":"rm","path":"secret"}""", """{"cmd":"cd","path":"/"}""",
    ];

    [Theory]
    [InlineData("async")]
    [InlineData("threads")]
    public async Task No_command_with_any_path_reads_makes_changes_or_removes_anything_outside_the_home(string model)
    {
        await using var server = new WholeServer(model, accounts: [WholeServer.Account(WholeServer.User), WholeServer.Account("bob")]);
        await using (var bob = await server.LoginAsync("bob"))
            Assert.True((await bob.PutAsync("/" + Canary.Song, new byte[Canary.Size])).IsOk);
        var outside = server.Beside("outside");
        var canary = new Canary(outside, server.InRoot("bob"), server.InData("accounts.json"), server.InData("certificate.pem"));
        await using (await server.LoginAsync())
        {
            // The home is there now.
        }

        var (done, refused) = (0, 0);
        var client = await server.LoginAsync();
        foreach (var path in HostilePaths.Make(Attack.Count(140, 1_007), outside))
        {
            Furnish(server.InRoot(WholeServer.User), outside);
            foreach (var (request, answer) in await SayAsync(client, Convert.ToBase64String(path)))
            {
                Canary.AssertUnseen(answer, request);
                if (answer.IsOk) done++;
                else refused++;
            }
        }

        canary.AssertUntouched();
        Assert.Equal([WholeServer.User, "bob"], Directory.GetFileSystemEntries(server.Root).Select(Path.GetFileName).Order());
        Assert.False(File.Exists(Path.Combine(outside, "made")));
        Assert.True(done > refused / 20 && refused > done / 20, $"{done} were done and {refused} refused: one of both is missing");
        Assert.True((await client.AskAsync("""{"cmd":"ping"}""")).IsOk);
        await client.DisposeAsync();
        await server.AssertServesAsync();
        TestContext.Current.SendDiagnosticMessage("{0} commands were done, {1} refused", done, refused);
    }

    /// <summary>All commands with one path, in one go; a session that a bad frame could end is none that a path may end.</summary>
    private static async Task<List<(string Request, Answer Answer)>> SayAsync(WireClient client, string path)
    {
        var requests = Commands.Select(command => command.Replace("PATH", path, StringComparison.Ordinal)).ToList();
        await client.SendAsync([.. requests.SelectMany(request => request.Contains("\"body\"") ? [Frame.Of(request), Frame.Text(Content)] : new[] { Frame.Of(request) })]);
        var answers = new List<(string, Answer)>();
        foreach (var request in requests) answers.Add((request, await client.ReadAsync()));
        return answers;
    }

    /// <summary>What the last commands have taken away is there again.</summary>
    private static void Furnish(string home, string outside)
    {
        if (File.Exists(Path.Combine(home, "d")) || new FileInfo(Path.Combine(home, "d")).LinkTarget is not null) File.Delete(Path.Combine(home, "d"));
        Directory.CreateDirectory(Path.Combine(home, "d"));
        foreach (var name in new[] { "f", "d/f" })
            if (!Path.Exists(Path.Combine(home, name))) File.WriteAllText(Path.Combine(home, name), Content);
        foreach (var (name, target) in HostilePaths.Links(outside))
        {
            var link = new FileInfo(Path.Combine(home, name));
            if (link.LinkTarget == target) continue;
            if (link.LinkTarget is null && Directory.Exists(link.FullName)) Directory.Delete(link.FullName, recursive: true);
            else link.Delete();
            File.CreateSymbolicLink(link.FullName, target);
        }
    }
}
