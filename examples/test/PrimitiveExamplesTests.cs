namespace Argosy.Examples.Tests;

/// <summary>The examples about threads and what they share.</summary>
public class PrimitiveExamplesTests
{
    [Fact]
    public async Task Semaphore_lets_three_in_and_the_fourth_when_one_leaves()
    {
        await using var example = await ExampleProcess.StartAsync("semaphore");
        var inside = new List<LineClient>();
        foreach (var free in new[] { 2, 1, 0 })
        {
            inside.Add(await example.ConnectAsync());
            Assert.Equal($"you are in; {free} of 3 places are free", await inside[^1].HearAsync());
        }

        using var fourth = await example.ConnectAsync();
        Assert.Equal("the room is full; please wait", await fourth.HearAsync());
        Assert.Equal("hello", await inside[1].AskAsync("hello"));
        Assert.False(fourth.HasSomethingToRead);
        inside[0].Dispose();
        Assert.Equal("you are in; 0 of 3 places are free", await fourth.HearAsync());
        Assert.Equal("thanks", await fourth.AskAsync("thanks"));
        inside.ForEach(client => client.Dispose());
        fourth.Dispose();
        await example.StopAsync();
    }

    [Fact]
    public async Task Producer_consumer_answers_every_job_once_and_shares_the_work()
    {
        await using var example = await ExampleProcess.StartAsync("producer-consumer");
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(AskAsync)); // more clients than workers and places in the queue
        var workers = answers.SelectMany(all => all).Select(answer => answer.Split(':')[0]).Distinct().ToList();
        Assert.All(workers, worker => Assert.Matches("^worker [123]$", worker));
        Assert.True(workers.Count > 1, "one worker did everything");
        await example.StopAsync();

        async Task<List<string>> AskAsync(int number)
        {
            using var client = await example.ConnectAsync();
            var mine = new List<string>();
            for (var job = 0; job < 5; job++)
            {
                mine.Add((await client.AskAsync($"job-{number}-{job}"))!);
                Assert.Contains($": job-{number}-{job} is ", mine[^1]);
            }

            return mine;
        }
    }

    [Fact]
    public async Task Coroutines_take_turns_word_by_word()
    {
        await using var example = await ExampleProcess.StartAsync("coroutines");
        using var client = await example.ConnectAsync();
        Assert.Equal("counter: one makes 3 letters", await client.AskAsync("one two three"));
        Assert.Equal("shouter: TWO!", await client.HearAsync());
        Assert.Equal("counter: three makes 8 letters", await client.HearAsync());
        Assert.False(client.HasSomethingToRead);
        Assert.Equal("shouter: FOUR!", await client.AskAsync("four")); // the turn is kept from line to line
        client.FinishSending();
        Assert.Null(await client.HearAsync());
        await example.StopAsync();
    }

    [Fact]
    public async Task Boss_sets_all_workers_to_work_at_once()
    {
        await using var example = await ExampleProcess.StartAsync("boss");
        using var boss = await example.ConnectAsync();
        using var first = await example.ConnectAsync();
        using var second = await example.ConnectAsync();
        Assert.Equal("waiting for the boss", await first.AskAsync("work"));
        Assert.Equal("waiting for the boss", await second.AskAsync("work"));
        Assert.StartsWith("say ", await boss.AskAsync("hm"));
        Assert.False(first.HasSomethingToRead || second.HasSomethingToRead);
        Assert.Equal("the boss says go", await boss.AskAsync("go"));
        Assert.Equal("working", await first.HearAsync());
        Assert.Equal("working", await second.HearAsync());
        Assert.Equal("working", await first.AskAsync("work")); // no need to wait now
        Assert.Equal("the boss says halt", await boss.AskAsync("halt"));
        Assert.Equal("waiting for the boss", await first.AskAsync("work"));
        await example.StopAsync(); // with a worker that waits
    }

    [Fact]
    public async Task Locks_prevent_the_race_and_re_entrant_ones_the_deadlock()
    {
        var (code, output, _) = await ExampleProcess.RunAsync("locks");
        Assert.Equal(0, code);
        Assert.Equal(
            [
                "without a lock: 2 additions make 1",
                "with a lock: 2 additions make 2",
                "taken twice by one thread, a simple lock would wait for itself for ever: a deadlock",
                "taken twice by one thread, a re-entrant lock lets its owner in",
            ],
            output);
    }

    [Theory]
    [InlineData("fifo", "first", "second", "third")]
    [InlineData("lifo", "third", "second", "first")]
    [InlineData("priority", "second", "first", "third")]
    public async Task Queues_give_back_in_their_own_order(string name, params string[] order)
    {
        await using var example = await ExampleProcess.StartAsync("queues");
        using var client = await example.ConnectAsync();
        var isRanked = name == "priority";
        foreach (var (text, rank) in new[] { ("first", 5), ("second", 1), ("third", 5) })
            Assert.Equal("ok", await client.AskAsync(isRanked ? $"put {name} {rank} {text}" : $"put {name} {text}"));
        Assert.Equal("full", await client.AskAsync(isRanked ? $"put {name} 1 fourth" : $"put {name} fourth"));
        foreach (var text in order) Assert.Equal(text, await client.AskAsync($"get {name}"));
        client.Dispose();
        await example.StopAsync();
    }

    [Fact]
    public async Task Queues_let_a_taker_wait_until_somebody_puts()
    {
        await using var example = await ExampleProcess.StartAsync("queues", "--capacity", "1");
        using var taker = await example.ConnectAsync();
        using var putter = await example.ConnectAsync();
        await taker.SayAsync("get fifo");
        Assert.StartsWith("say: ", await putter.AskAsync("what"));
        Assert.False(taker.HasSomethingToRead);
        Assert.Equal("ok", await putter.AskAsync("put fifo here it is"));
        Assert.Equal("here it is", await taker.HearAsync());
        await taker.SayAsync("get lifo");
        await example.StopAsync(); // with a taker that waits
    }
}
