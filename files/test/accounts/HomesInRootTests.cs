using System.Collections.Concurrent;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>Whoever has ROOT can steal no home that comes into it, and can keep nobody out but by a name that lies there before; on a real disk.</summary>
public sealed class HomesInRootTests : FileServiceTest
{
    private readonly List<LocalStorage> _storages = [];
    private readonly List<FileService> _real = [];

    private static Account Owner(string root) => Alex with { Name = "owner", Home = root };

    [Theory]
    [InlineData("file")]
    [InlineData("folder")]
    [InlineData("link")]
    public async Task What_was_planted_at_a_home_to_come_keeps_that_account_out_and_nobody_else(string planted)
    {
        Accounts.SaveAll([Owner(Premises.Root)]);
        var service = Serve(AnonymousAccess.ReadWrite);
        await using (var visitor = await service.OpenAnonymousAsync(Origin, InlineOffload.Instance))
        {
            await visitor.MakeFolderAsync(P("/x/y"), parents: true);
            await visitor.PutAsync("/x/y/trap", "trap");
            if (planted == "file") await visitor.PutAsync("/bob", "x");
            if (planted == "folder") await visitor.MakeFolderAsync(P("/bob"));
        }

        if (planted == "link") System.IO.File.CreateSymbolicLink(InRoot("bob"), "x/y"); // By an older version, or by hand.
        Accounts.Save(Alex with { Name = "bob" });

        await AgreeAsync(service);
        await AgreeAsync(Serve(AnonymousAccess.ReadWrite)); // After a restart.

        async Task AgreeAsync(FileService serving)
        {
            Assert.Equal(FileError.Storage, await FailsAsync(() => LoginAsync(serving, "bob")));
            Assert.Contains(Log.Written, line => line.StartsWith($"Error \"bob\" cannot log in: {InRoot("bob")} "));
            foreach (var name in new[] { "alex", "owner" })
                await (await LoginAsync(serving, name)).DisposeAsync();
            await (await serving.OpenAnonymousAsync(Origin, InlineOffload.Instance)).DisposeAsync();
        }
    }

    [Fact]
    public async Task Whoever_has_ROOT_makes_and_moves_no_link_directly_into_it()
    {
        Accounts.Save(Owner(Premises.Root));
        var service = Serve(AnonymousAccess.ReadWrite);
        await using var owner = await LoginAsync(service, "owner");
        await using var visitor = await service.OpenAnonymousAsync(Origin, InlineOffload.Instance);
        await owner.MakeFolderAsync(P("/x/y"), parents: true);

        foreach (var session in new[] { owner, visitor })
            Assert.Equal(FileError.NotPermitted, await FailsAsync(() => session.MakeLinkAsync(P("/bob"), "x/y"u8.ToArray()).AsTask()));
        await owner.MakeLinkAsync(P("/x/link"), "y"u8.ToArray());
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => owner.RenameAsync(P("/x/link"), P("/bob"))));
        await owner.RenameAsync(P("/x/link"), P("/x/other"));

        Assert.Null(await owner.FindAsync(P("/bob"), followLink: false));
        await using var alex = await LoginAsync(service);
        await alex.MakeLinkAsync(P("/link"), "nowhere"u8.ToArray()); // Nobody's home will be in a home.
    }

    [Fact]
    public async Task Folders_that_are_there_when_ROOT_is_first_served_are_homes_and_the_log_says_so()
    {
        Directory.CreateDirectory(InRoot("alex"));
        await System.IO.File.WriteAllTextAsync(InRoot("alex", "letter"), "dear", TestContext.Current.CancellationToken);

        var service = Serve();
        await using var alex = await LoginAsync(service);
        Assert.Equal("dear", await alex.GetAsync("/letter"));
        Assert.Contains($"Warning Folders that were in {Premises.Root} before it was served are now homes: \"alex\" ", Log.Written);

        Serve();
        Assert.Single(Log.Written, line => line.Contains("are now homes"));
    }

    [Fact]
    public async Task A_home_that_vanishes_or_becomes_a_link_while_serving_is_neither_made_nor_followed()
    {
        var service = Serve();
        await using (var alex = await LoginAsync(service)) await alex.PutAsync("/letter", "dear");
        Directory.Move(InRoot("alex"), Premises.Beside("unmounted"));

        Assert.Equal(FileError.Storage, await FailsAsync(() => LoginAsync(service)));
        Assert.Contains(Log.Written, line => line.Contains($"\"alex\" cannot log in: {InRoot("alex")} is missing"));
        Assert.False(Directory.Exists(InRoot("alex")));

        Directory.CreateSymbolicLink(InRoot("alex"), "/etc");
        Assert.Equal(FileError.Storage, await FailsAsync(() => LoginAsync(service)));
        Assert.Contains(Log.Written, line => line.Contains($"{InRoot("alex")} is a link"));

        Directory.Delete(InRoot("alex"));
        Directory.Move(Premises.Beside("unmounted"), InRoot("alex"));
        await using var back = await LoginAsync(service);
        Assert.Equal("dear", await back.GetAsync("/letter"));
    }

    [Fact]
    public async Task A_home_inside_ROOT_opens_when_every_session_of_ROOT_in_whatever_process_is_kept_out_of_it()
    {
        var store = Store();
        store.SaveAll([Owner(Premises.Root)]);
        var (here, there) = (Serve(store: store), Serve(member: true, store: Store()));
        var owner = await LoginAsync(here, "owner"); // Nothing reviews this process, as if it were held up.
        Store().Save(Alex with { Name = "bob" });

        var login = LoginAsync(there, "bob");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(login.IsCompleted);
        await owner.MakeFolderAsync(P("/elsewhere")); // It works on.
        Assert.False(Directory.Exists(InRoot("bob")));
        await owner.DisposeAsync();

        await using var bob = await login;
        await bob.PutAsync("/letter", "dear");
        await using var again = await LoginAsync(here, "owner");
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => again.GetAsync("/bob/letter")));
        await using var second = await LoginAsync(there, "bob"); // Who knows is no hindrance.
    }

    [Fact]
    public async Task A_home_inside_ROOT_is_not_opened_while_a_session_that_does_not_know_of_it_stays()
    {
        Accounts.Save(Owner(Premises.Root));
        var service = Serve(patience: TimeSpan.FromMilliseconds(200));
        await using var owner = await LoginAsync(service, "owner");
        Accounts.Save(Alex with { Name = "bob" });

        Assert.Equal(FileError.Storage, await FailsAsync(() => LoginAsync(service, "bob")));
        Assert.Contains(Log.Written, line => line.Contains("\"bob\" cannot log in: a session of ROOT"));
        Assert.False(Directory.Exists(InRoot("bob")));
    }

    /// <summary>A real thread plays the thief against every account that comes.</summary>
    [Fact(Timeout = 300_000)]
    public async Task No_home_is_stolen_by_whoever_has_ROOT_however_it_races()
    {
        var rounds = Environment.GetEnvironmentVariable("ARGOSY_CHECK") == "all" ? 400 : 10;
        var store = Store();
        store.SaveAll([Owner(Premises.Root)]);
        var (here, there) = (Serve(store: store, clock: TimeProvider.System), Serve(member: true, store: Store(), clock: TimeProvider.System));
        using var over = new CancellationTokenSource();
        var (target, tries) = (0, 0L);
        var loot = new ConcurrentBag<string>();
        var thief = Task.Run(() => StealAsync(here));

        var opened = 0;
        for (var round = 0; round < rounds; round++)
        {
            Volatile.Write(ref target, round);
            for (var seen = Volatile.Read(ref tries); Volatile.Read(ref tries) < seen + 8;) await Task.Delay(1); // It is at it.
            Store().Save(Alex with { Name = $"bob{round}" });
            if (await TryAsync($"bob{round}")) opened++;
        }

        await over.CancelAsync();
        await thief;
        Assert.Empty(loot);
        Assert.True(opened > 0, "The thief kept every account out; nothing was tried.");
        Assert.True(Volatile.Read(ref tries) > rounds, "The thief did not get to try.");
        TestContext.Current.SendDiagnosticMessage("{0} homes opened, {1} attempts", opened, tries);

        async Task<bool> TryAsync(string name)
        {
            try
            {
                await using var bob = await LoginAsync(there, name);
                for (var i = 0; i < 5; i++) await bob.PutAsync($"/secret{i}", "secret");
                if (!System.IO.File.Exists(InRoot(name, "secret4"))) loot.Add($"{name}'s home is elsewhere");
                return true;
            }
            catch (FileException refused) when (refused.Error == FileError.Storage)
            {
                return false; // A name was there before the account.
            }
        }

        async Task StealAsync(FileService service)
        {
            FileSession? owner = null;
            while (!over.IsCancellationRequested)
            {
                try
                {
                    owner ??= await LoginAsync(service, "owner");
                    var name = $"/bob{Volatile.Read(ref target)}";
                    foreach (var attempt in new Func<Task>[]
                    {
                        async () => loot.Add(await owner.GetAsync($"{name}/secret0")),
                        async () =>
                        {
                            await owner.RenameAsync(P(name), P($"/stolen{Guid.NewGuid():n}"));
                            loot.Add($"{name} was moved");
                        },
                        () => owner.MakeLinkAsync(P(name), "trap"u8.ToArray()).AsTask(),
                        async () => await owner.PutAsync($"{name}/forged", "forged"),
                    })
                    {
                        Interlocked.Increment(ref tries);
                        try
                        {
                            await attempt();
                        }
                        catch (FileException refused) when (refused.Error != FileError.SessionEnded)
                        {
                            // Thieves try again.
                        }
                    }
                }
                catch (FileException)
                {
                    if (owner is not null) await owner.DisposeAsync();
                    owner = null;
                }
            }

            if (owner is not null) await owner.DisposeAsync();
        }
    }

    private protected override async ValueTask DisposeServicesAsync()
    {
        foreach (var service in _real) await service.DisposeAsync();
        foreach (var storage in _storages) storage.Dispose();
    }

    private string InRoot(params string[] parts) => Path.Combine([RealPath.Of(Premises.Root), .. parts]);

    private JsonAccountStore Store() => new(Premises.Data, new Lines<JsonAccountStore>());

    private FileService Serve(AnonymousAccess anonymous = AnonymousAccess.None, bool member = false, IAccountStore? store = null, TimeProvider? clock = null, TimeSpan? patience = null)
    {
        var storage = new LocalStorage(new() { Staging = Premises.Beside("staging") });
        _storages.Add(storage);
        var options = Options with { Anonymous = anonymous, IsMember = member, MinFree = 0 };
        var service = new FileService(
            options, store ?? Accounts, ledger => new SessionOpener(storage, ledger, 0, TimeSpan.FromDays(7), Log, isMember: member), Log, clock ?? Clock)
        {
            RootPatience = patience ?? TimeSpan.FromMinutes(1),
        };
        _real.Add(service);
        return service;
    }
}
