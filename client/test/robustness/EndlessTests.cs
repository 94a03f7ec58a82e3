using Argosy.Wire;

namespace Argosy.Client.Tests.Robustness;

/// <summary>Servers that never come to an end: what they say is neither held in memory nor waited for without limit.</summary>
public sealed class EndlessTests
{
    private const int Timeout = 20_000;
    private const string Line = """{"name":"a","type":"file","size":1,"mtime":0}""" + "\n";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task An_endless_listing_is_left_at_once_when_nobody_wants_it_any_more()
    {
        var listing = new TaskCompletionSource();
        await using var server = FakeServer.Greeting(async peer =>
        {
            var list = await peer.ReadRequestAsync();
            var lines = peer.SendLinesForEverAsync(list, Line);
            listing.SetResult();
            await lines;
        });
        await using var client = await server.ConnectAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var names = client.ListAsync("/", stop.Token).ToListAsync(Stop).AsTask();
        await listing.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => names.WaitAsync(TimeSpan.FromSeconds(5), Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task What_nobody_wants_any_more_is_not_kept()
    {
        using var unwanted = new CancellationTokenSource();
        var listing = new Listing(id => new Request { Command = "ls", Id = id });
        listing.Accept(new Reply { Body = Body.Chunked });
        await listing.ReceiveAsync(new byte[1000]);
        listing.Cancel(unwanted.Token);
        for (var i = 0; i < 10; i++)
            await listing.ReceiveAsync(new byte[1_000_000]);
        Assert.True(listing.IsEmpty);
    }

    [Fact(Timeout = Timeout)]
    public async Task Uploads_without_end_are_given_up()
    {
        await using var server = FakeServer.Greeting(async peer => await peer.SendLinesForEverAsync(
            await peer.ReadRequestAsync(), """{"upload":"u","path":"/f","received":1,"mtime":0}""" + "\n"));
        await using var client = await server.ConnectAsync();
        var error = await Assert.ThrowsAsync<NotVerifiedException>(async () => await client.ListUploadsAsync(Stop).ToListAsync(Stop));
        Assert.Contains("does not end", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Sums_of_more_blocks_than_were_asked_for_are_given_up()
    {
        await using var server = FakeServer.Greeting(async peer => await peer.SendLinesForEverAsync(
            await peer.ReadRequestAsync(), """{"offset":0,"size":1,"hash":"00"}""" + "\n"));
        await using var client = await server.ConnectAsync();
        var error = await Assert.ThrowsAsync<NotVerifiedException>(() => client.SumBlocksAsync("/f", null, 1 << 20, Stop));
        Assert.Contains("does not end", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task However_many_listings_wait_they_share_one_room_in_memory()
    {
        var spools = new List<Spool>();
        try
        {
            for (var i = 0; i < 24; i++)
            {
                spools.Add(new Spool(Spool.Most));
                await spools[i].AppendAsync(new byte[4 << 20]);
            }

            Assert.InRange(Spool.Held, 0, 65 << 20); // Others may try for more at this moment.
        }
        finally
        {
            spools.ForEach(spool => spool.Dispose());
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task A_wildcard_that_means_more_places_than_can_be_held_is_refused()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            while (true)
            {
                var request = await peer.ReadRequestAsync();
                if (request.Command == "stat")
                    await peer.SendAsync(Reply.Refusal(request.Id, WireError.NotFound, ""));
                else
                    await peer.SendLinesAsync(request, string.Concat(Enumerable.Repeat("""{"name":"a","type":"folder"}""" + "\n", 20)));
            }
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal(1_000_000, client.MostMatches);
        client.MostMatches = 100;
        Assert.Equal(20, await client.ExpandAsync("/*", Stop).CountAsync(Stop));
        // Not only in one folder: a server's folders may all hold what their own folder holds.
        var error = await Assert.ThrowsAsync<RefusedException>(async () => await client.ExpandAsync("/*/*", Stop).CountAsync(Stop));
        Assert.Contains("100 places", error.Message, StringComparison.Ordinal);
        client.MostMatches = 10;
        await Assert.ThrowsAsync<RefusedException>(async () => await client.ExpandAsync("/*", Stop).CountAsync(Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_link_longer_than_any_makes_the_listing_invalid()
    {
        var line = $$"""{"name":"a","type":"link","target":"{{new string('x', 4096)}}"}""" + "\n";
        await using var server = FakeServer.Greeting(async peer => await peer.SendLinesAsync(await peer.ReadRequestAsync(), line));
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(async () => await client.ListAsync("/", Stop).ToListAsync(Stop));
    }
}
