using Argosy.Native.Tests;
using Argosy.Wire;

namespace Argosy.Server.Tests.Attack;

/// <summary>A thread swaps a folder of a home for a link that leads out, as fast as it can, while sessions work through that name.</summary>
public sealed class LinkRaceTests
{
    private const int LeastOfEach = 200;
    private const int MostTurns = 10;

    private static readonly string[] Commands =
    [
        """{"cmd":"get","path":"/swap/secret"}""", """{"cmd":"put","path":"/swap/NEW","body":4}""", """{"cmd":"get","path":"/swap/NEW"}""",
        """{"cmd":"ls","path":"/swap"}""", """{"cmd":"mv","path":"/swap/NEW","to":"/swap/sub/NEW"}""", """{"cmd":"rm","path":"/swap/sub/NEW"}""",
        """{"cmd":"rm","path":"/swap/NEW"}""", """{"cmd":"mkdir","path":"/swap/FOLDER"}""", """{"cmd":"rmdir","path":"/swap/FOLDER","recursive":true}""",
        """{"cmd":"hash","path":"/swap/secret","algorithm":"sha256"}""", """{"cmd":"ln","path":"/swap/LINK","target":"sub"}""", """{"cmd":"rm","path":"/swap/LINK"}""",
        """{"cmd":"cp","path":"/swap/secret","to":"/COPY"}""", """{"cmd":"cp","path":"/f","to":"/swap/NEW"}""", """{"cmd":"touch","path":"/swap/secret","mtime":1000000}""",
        """{"cmd":"stat","path":"/swap/secret"}""", """{"cmd":"mv","path":"/swap/secret","to":"/MINE"}""", """{"cmd":"mv","path":"/MINE","to":"/swap/secret"}""",
        """{"cmd":"rmdir","path":"/swap","recursive":true}""",
    ];

    [Fact]
    public async Task However_a_folder_is_swapped_for_a_link_nobody_gets_out()
    {
        await using var server = new WholeServer();
        await using (await server.LoginAsync())
        {
            // The home is there now.
        }

        var outside = server.Beside("outside");
        var canary = new Canary(outside);
        Furnish(server);
        using var over = new CancellationTokenSource();
        var (swap, link) = (server.InRoot(WholeServer.User, "swap"), server.InRoot(WholeServer.User, "link"));
        var swaps = 0L;
        var swapper = new Thread(() =>
        {
            while (!over.IsCancellationRequested)
            {
                // An odd number of times and then a rest, for the sake of the machine: whoever resolves a name for longer meets both states.
                for (var i = 0; i < 31; i++)
                    if (Disk.TryExchange(swap, link)) Interlocked.Increment(ref swaps);
                if (!Attack.All) Thread.Sleep(1);
            }
        });
        swapper.Start();
        var tallies = new List<Task<Tally>>();
        try
        {
            // Who gets to run when is the machine's matter: it goes on until both states were seen often, within bounds.
            for (var turn = 0; turn == 0 || (turn < MostTurns && !IsEnough(Sum(tallies))); turn++)
            {
                var first = tallies.Count;
                for (var i = 0; i < 3; i++) tallies.Add(AttackAsync(server, i, () => Interlocked.Read(ref swaps)));
                await Task.WhenAll(tallies.Skip(first));
            }
        }
        finally
        {
            await over.CancelAsync();
            swapper.Join();
        }

        canary.AssertUntouched();
        var total = Sum(tallies);
        TestContext.Current.SendDiagnosticMessage("{0}, {1} swaps", total, swaps);
        Assert.True(total.Raced >= Attack.Count(1_000, 50_000), $"Too few operations met a swap: {total}");
        Assert.True(total.Inside >= LeastOfEach && total.Refused >= LeastOfEach, $"One of the two states was hardly seen: {total}");
        await server.AssertServesAsync();
    }

    private static Tally Sum(IEnumerable<Task<Tally>> tallies) => tallies.Select(tally => tally.Result).Aggregate((one, other) => one + other);

    private static bool IsEnough(Tally seen) => seen.Raced >= Attack.Count(1_000, 50_000) && seen.Inside >= LeastOfEach && seen.Refused >= LeastOfEach;

    private static async Task<Tally> AttackAsync(WholeServer server, int number, Func<long> swaps)
    {
        await using var client = await server.LoginAsync();
        var tally = new Tally(0, 0, 0, 0);
        for (var round = 0; round < Attack.Count(100, 5_000); round++)
        {
            foreach (var command in Commands)
            {
                // Nobody removes or moves the folder itself but one, now and then, or the other state would soon be seen no more.
                if (command.Contains("rmdir\",\"path\":\"/swap\"") && (number > 0 || round % 10 != 0)) continue;
                var request = command.Replace("NEW", $"new{number}").Replace("FOLDER", $"folder{number}").Replace("LINK", $"link{number}")
                    .Replace("COPY", $"copy{number}").Replace("MINE", $"mine{number}");
                var before = swaps();
                var answer = await client.AskAsync(request, request.Contains("\"body\"") ? Frame.Text("text") : []);
                Canary.AssertUnseen(answer, request);
                tally += new Tally(1, swaps() > before ? 1 : 0, answer.IsOk ? 1 : 0, answer.Error is WireError.NotPermitted or WireError.NotAFolder ? 1 : 0);
            }

            if (number == 0 && round % 10 == 0) Furnish(server);
        }

        return tally;
    }

    /// <summary>Whichever of the two names is the folder just now, its files are there again.</summary>
    private static void Furnish(WholeServer server)
    {
        var home = server.InRoot(WholeServer.User);
        File.WriteAllText(Path.Combine(home, "f"), "text");
        var made = Directory.CreateDirectory(Path.Combine(home, $"made{Guid.NewGuid():n}")).FullName;
        Directory.CreateDirectory(Path.Combine(made, "sub"));
        File.WriteAllText(Path.Combine(made, "secret"), "inside");
        if (!Path.Exists(Path.Combine(home, "swap"))) Directory.Move(made, Path.Combine(home, "swap"));

        // A link that was removed under the one name comes back under the other, or there would be nothing to swap any more.
        if (Links(home).Any()) return;
        var link = Path.Combine(home, "link");
        if (Path.Exists(link)) Directory.Move(link, Path.Combine(home, $"aside{Guid.NewGuid():n}"));
        if (!Path.Exists(link)) Directory.CreateSymbolicLink(link, server.Beside("outside"));
    }

    private static IEnumerable<string> Links(string home) =>
        new[] { "swap", "link" }.Where(name => new FileInfo(Path.Combine(home, name)).LinkTarget is not null);

    private sealed record Tally(int Asked, int Raced, int Inside, int Refused)
    {
        public static Tally operator +(Tally one, Tally other) =>
            new(one.Asked + other.Asked, one.Raced + other.Raced, one.Inside + other.Inside, one.Refused + other.Refused);
    }
}
