namespace Argosy.Examples.Tests;

/// <summary>The examples that use processes.</summary>
public class ProcessExamplesTests
{
    [Fact]
    public async Task Fork_gives_each_client_a_process_and_leaves_no_zombie()
    {
        await using var example = await ExampleProcess.StartAsync("fork");
        using var survivor = await example.ConnectAsync();
        var serving = new List<int> { ProcessOf(await survivor.AskAsync("hello"), "hello") };
        for (var i = 0; i < 6; i++)
        {
            using var client = await example.ConnectAsync();
            serving.Add(ProcessOf(await client.AskAsync($"{i}"), $"{i}"));
            if (i % 2 == 1) continue; // every other one leaves, the others crash
            await client.SayAsync("crash");
            await client.ReadToEndOrResetAsync();
        }

        Assert.Equal(serving.Count, serving.Distinct().Count());
        Assert.DoesNotContain(example.Id, serving);
        Assert.Equal(serving[0], ProcessOf(await survivor.AskAsync("still here"), "still here"));
        await Until.TrueAsync(() => !example.Children.Intersect(serving[1..]).Any()); // gone from the process table: reaped
        survivor.Dispose();
        await example.StopAsync();
    }

    [Fact]
    public async Task Process_pool_calls_back_with_results_from_its_processes()
    {
        await using var example = await ExampleProcess.StartAsync("process-pool");
        using var client = await example.ConnectAsync();
        var workers = new HashSet<int>();
        for (var round = 0; workers.Count < 2; round++) // two questions at once: as soon as both have started, each gets one
        {
            Assert.InRange(round, 0, 1000);
            await client.SendAsync("primes 30000\nprimes 30000\n");
            workers.Add(ProcessOf(await client.HearAsync(), "3245 primes below 30000"));
            workers.Add(ProcessOf(await client.HearAsync(), "3245 primes below 30000"));
        }

        Assert.Equal(example.Children.ToHashSet(), workers); // they, and not the server

        Assert.Equal("say: primes NUMBER", await client.AskAsync("?"));
        var death = await client.AskAsync("crash");
        Assert.EndsWith("died of 'crash'", death);
        for (var i = 0; i < 10; i++) Assert.EndsWith(": 4 primes below 10", await client.AskAsync("primes 10")); // the pool goes on
        client.Dispose();
        await example.StopAsync();
    }

    [Fact]
    public async Task Process_pool_does_not_wait_for_what_nobody_wants_any_more()
    {
        await using var example = await ExampleProcess.StartAsync("process-pool");
        using var client = await example.ConnectAsync();
        await client.SayAsync("primes 2000000000");
        Assert.EndsWith(": 4 primes below 10", await client.AskAsync("primes 10")); // by the other worker
        client.Dispose();
        await example.StopAsync();
    }

    [Fact]
    public async Task Processes_with_a_lock_lose_no_addition()
    {
        var output = await RunAsync();
        Assert.Equal("total 465 of 465", output[^1]);
    }

    [Fact]
    public async Task Processes_without_a_lock_lose_additions()
    {
        var output = await RunAsync("--no-lock");
        Assert.Matches(@"^total \d+ of 465$", output[^1]);
        Assert.NotEqual("total 465 of 465", output[^1]);
    }

    private static async Task<string[]> RunAsync(params string[] arguments)
    {
        var (code, output, errors) = await ExampleProcess.RunAsync("processes", arguments);
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(7, output.Length);
        Assert.All(output[..3], line => Assert.EndsWith(" is ready", line));
        Assert.Equal(30, output[3..6].Sum(line => int.Parse(line[(line.LastIndexOf(' ') + 1)..]))); // each number was taken once
        return output;
    }

    private static int ProcessOf(string? answer, string text)
    {
        Assert.Matches($@"^process \d+: {text}$", answer);
        return int.Parse(answer!["process ".Length..answer!.IndexOf(':')]);
    }
}
