using Argosy.Files;
using Argosy.Native.Tests;
using Argosy.Wire;

namespace Argosy.Server.Tests.Attack;

/// <summary>Whoever may write in ROOT steals no home that comes into it and keeps nobody out but by a name that lies there before; through the whole server.</summary>
public sealed class RootOwnerTests
{
    private const string Owner = "owner";

    [Theory]
    [InlineData("async")]
    [InlineData("prefork")]
    public async Task Whoever_has_ROOT_steals_no_new_accounts_home_however_it_races(string model)
    {
        await using var server = new WholeServer(model, options => options with { Sessions = new() { PerAccount = 0 } }, WholeServer.Account("first"));
        server.Accounts.SaveAll([WholeServer.Account(Owner) with { Home = server.Root }]);
        using var over = new CancellationTokenSource();
        var (target, tries, stolen) = (0, 0L, 0L);
        var thief = Task.Run(StealAsync);

        var opened = 0;
        for (var round = 1; round <= Attack.Count(4, 60); round++)
        {
            Volatile.Write(ref target, round);
            for (var seen = Interlocked.Read(ref tries); Interlocked.Read(ref tries) < seen + 20 && !thief.IsCompleted;) await Task.Delay(1);
            server.Accounts.SaveAll([WholeServer.Account($"bob{round}")]);
            var (client, answer) = await server.TryLoginAsync($"bob{round}");
            await using (client)
            {
                if (!answer.IsOk)
                {
                    Assert.Equal(WireError.Storage, answer.Error); // A name was there before the account.
                    continue;
                }

                opened++;
                for (var i = 0; i < 5; i++) Assert.True((await client.PutAsync($"/secret{i}", Frame.Text("secret"))).IsOk);
                Assert.Null(new FileInfo(server.InRoot($"bob{round}")).LinkTarget);
                Assert.Equal("secret", await File.ReadAllTextAsync(server.InRoot($"bob{round}", "secret4")));
            }
        }

        await over.CancelAsync();
        await thief;
        TestContext.Current.SendDiagnosticMessage("{0} homes opened, {1} attempts", opened, tries);
        Assert.Equal(0, stolen);
        Assert.True(opened > 0, "The thief kept every account out; nothing was tried.");
        Assert.Equal([], Directory.GetFileSystemEntries(server.Root).Where(entry => new FileInfo(entry).LinkTarget is not null));

        async Task StealAsync()
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    await using var owner = await server.LoginAsync(Owner);
                    while (!over.IsCancellationRequested)
                    {
                        var name = $"/bob{Volatile.Read(ref target)}";
                        string[] burst =
                        [
                            $$"""{"cmd":"mkdir","path":"/trap","parents":true}""", $$"""{"cmd":"ln","path":"{{name}}","target":"trap"}""", $$"""{"cmd":"rm","path":"{{name}}"}""",
                            $$"""{"cmd":"ln","path":"/trap/l","target":"."}""", $$"""{"cmd":"mv","path":"/trap/l","to":"{{name}}"}""", $$"""{"cmd":"rm","path":"{{name}}"}""",
                            $$"""{"cmd":"mv","path":"{{name}}","to":"/trap/stolen{{Guid.NewGuid():n}}"}""", $$"""{"cmd":"get","path":"{{name}}/secret0"}""",
                            $$"""{"cmd":"ls","path":"{{name}}"}""", $$"""{"cmd":"get","path":"/trap/secret0"}""",
                        ];
                        await owner.SendAsync([.. burst.Select(Frame.Of)]);
                        foreach (var request in burst)
                        {
                            var answer = await owner.ReadAsync();
                            if (answer.Error == WireError.SessionEnded) throw new EndOfStreamException();
                            Interlocked.Increment(ref tries);
                            if (answer.IsOk && !request.Contains("mkdir") && !request.Contains("/trap/l\",\"target")) Interlocked.Increment(ref stolen);
                        }
                    }
                }
                catch (IOException)
                {
                    // Its session has ended, because an account has come; thieves come again.
                }
            }
        }
    }

    [Theory]
    [InlineData("async")]
    [InlineData("prefork")]
    public async Task What_visitors_leave_at_homes_to_come_keeps_only_those_accounts_out_and_the_server_starts_again(string model)
    {
        await using var server = new WholeServer(model, options => options with { Anonymous = AnonymousAccess.ReadWrite });
        await using var alex = await server.LoginAsync();
        await using (var visitor = await server.VisitAsync())
        {
            Assert.True((await visitor.AskAsync("""{"cmd":"mkdir","path":"/x/y","parents":true}""")).IsOk);
            Assert.Equal(WireError.NotPermitted, (await visitor.AskAsync("""{"cmd":"ln","path":"/bob","target":"x/y"}""")).Error);
            Assert.True((await visitor.AskAsync("""{"cmd":"ln","path":"/x/l","target":"y"}""")).IsOk);
            Assert.Equal(WireError.NotPermitted, (await visitor.AskAsync("""{"cmd":"mv","path":"/x/l","to":"/bob"}""")).Error);
            Assert.True((await visitor.PutAsync("/carol", Frame.Text("planted"))).IsOk);
            Assert.True((await visitor.AskAsync("""{"cmd":"mkdir","path":"/erin"}""")).IsOk);
            Assert.True((await visitor.PutAsync("/erin/planted", Frame.Text("planted"))).IsOk);
        }

        File.CreateSymbolicLink(server.InRoot("dave"), "x/y"); // As an older version let them.
        string[] planted = ["carol", "dave", "erin"];
        server.Accounts.SaveAll([.. planted.Append("bob").Select(WholeServer.Account)]);

        foreach (var isRestarted in new[] { false, true })
        {
            if (isRestarted) await server.RestartAsync();
            else Assert.True((await alex.AskAsync("""{"cmd":"ls"}""")).IsOk); // The session that was there goes on.
            foreach (var name in planted)
            {
                var (client, answer) = await server.TryLoginAsync(name);
                await client.DisposeAsync();
                Assert.Equal(WireError.Storage, answer.Error);
            }

            await server.AssertServesAsync();
            await server.AssertServesAsync("bob");
            await using var visitor = await server.VisitAsync();
            Assert.True((await visitor.AskAsync("""{"cmd":"ls"}""")).IsOk);
        }

        if (model == "async") // Workers write to standard error.
            Assert.All(planted, name => Assert.Contains(server.Log.Lines, line => line.StartsWith($"Error \"{name}\" cannot log in: {server.InRoot(name)} ", StringComparison.Ordinal)));
    }
}
