namespace Argosy.Sockets.Tests;

public sealed class AdapterTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("async")]
    [InlineData("threads")]
    public async Task A_connection_is_a_stream_to_the_rest_of_NET(string model)
    {
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            using var reader = new StreamReader(connection.AsStream());
            await connection.WriteAsync(new string((await reader.ReadLineAsync())!.Reverse().ToArray()));
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("level best\n");
        Assert.Equal("tseb level", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("async")]
    [InlineData("threads")]
    public async Task A_connection_is_a_pair_of_pipes_to_the_rest_of_NET(string model)
    {
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            var pipe = connection.AsPipe();
            var read = await pipe.Input.ReadAtLeastAsync(4);
            await pipe.Output.WriteAsync(read.Buffer.First);
            pipe.Input.AdvanceTo(read.Buffer.End);
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("pipe");
        Assert.Equal("pipe", await client.ReceiveTextToEndAsync());
    }
}
