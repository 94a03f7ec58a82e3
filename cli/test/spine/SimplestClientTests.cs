using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Argosy.Cli.Tests.Spine;

/// <summary>A client that anybody writes in any language on one page: docs/protocol.md section 6.</summary>
public sealed class SimplestClientTests(OpenServer shared) : IDisposable, IClassFixture<OpenServer>
{
    private static readonly string[] Open = OpenServer.Options;

    private readonly TempFolder _home = new();

    public static TheoryData<string> Models => ["async", "threads"];

    public void Dispose() => _home.Dispose();

    [Fact]
    public void The_documented_client_has_at_most_twenty_lines() =>
        Assert.InRange(Documented().Split('\n').Count(line => line.Trim().Length > 0), 10, 20);

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_documented_client_uploads_three_files_on_one_connection(string model)
    {
        await using var server = await ServeProcess.StartAsync(_home, [.. Open, "--model", model]);
        var names = await MakeFilesAsync("a", 3);
        var client = await RunDocumentedAsync(server, names);
        Assert.Equal((0, ""), (client.ExitCode, client.Error));
        Assert.Equal(3, client.Output.TrimEnd().Split('\n').Count(line => line.Contains("'status': 'ok'", StringComparison.Ordinal)));
        AssertArrived(names);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Ten_of_them_work_at_once(string model)
    {
        await using var server = await ServeProcess.StartAsync(_home, [.. Open, "--model", model]);
        var sets = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => MakeFilesAsync($"client{number}-", 3)));
        var clients = await Task.WhenAll(sets.Select(names => RunDocumentedAsync(server, names)));
        Assert.All(clients, client => Assert.Equal((0, ""), (client.ExitCode, client.Error)));
        AssertArrived([.. sets.SelectMany(names => names)]);
        Assert.Empty(Deployment.StagedIn(_home.Path));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_client_that_never_reads_a_reply_and_just_leaves_loses_nothing(string model)
    {
        await using var server = await ServeProcess.StartAsync(_home, [.. Open, "--model", model]);
        var contents = Enumerable.Range(0, 40).ToDictionary(number => $"f{number}", number => Contents.Random(number * 5_000, number));
        using (var client = await PlainConnection.OpenAsync(server.Address))
        {
            foreach (var (name, content) in contents)
            {
                await client.SendAsync($$"""{"cmd":"put","id":1,"path":"{{name}}","size":{{content.Length}}}""");
                await client.SendBytesAsync(content);
            }
        }

        foreach (var (name, content) in contents)
        {
            await Poll.UntilAsync(() => File.Exists(_home["share/" + name]), () => $"{name} did not arrive. {server.Log}");
            Assert.Equal(content, await File.ReadAllBytesAsync(_home["share/" + name]));
        }
    }

    [Theory]
    [InlineData("""{"filename":"NAME","filesize":SIZE}""")]
    [InlineData("""{"file_name":"NAME","file_size":SIZE}""")]
    [InlineData("""{"filename":"NAME","file_size":SIZE}""")]
    [InlineData("""{"file_name":"/NAME","size":SIZE}""")]
    [InlineData("""{"path":"/NAME","size":SIZE}""")]
    [InlineData("""{"filename":"NAME","filesize":SIZE,"md5":"MD5"}""")]
    [InlineData("""{"filename":"NAME","filesize":SIZE,"file_size":SIZE,"body":SIZE,"unknown":[1,{"x":null}]}""")]
    [InlineData("""{ "filename" : "NAME" , "filesize" : SIZE }""")]
    public async Task Other_words_for_the_same_thing_are_understood(string header)
    {
        // Its own file: one server serves all of these words.
        using var client = await PlainConnection.OpenAsync(shared.Server.Address);
        var name = $"{Guid.NewGuid():N}";
        var content = Contents.Random(12_345);
        await client.SendAsync(Fill(header, content).Replace("NAME", name, StringComparison.Ordinal));
        await client.SendBytesAsync(content);
        Assert.Contains("\"status\":\"ok\"", await client.ReplyAsync());
        Assert.Equal(content, await File.ReadAllBytesAsync(shared.Server.Home["share/" + name]));
    }

    [Fact]
    public async Task A_wrong_md5_publishes_nothing_and_the_next_file_is_taken()
    {
        await using var server = await ServeProcess.StartAsync(_home, Open);
        using var client = await PlainConnection.OpenAsync(server.Address);
        var content = Contents.Random(100_000);
        await client.SendAsync(Fill("""{"filename":"f","filesize":SIZE,"md5":"MD5"}""", content));
        content[50_000] ^= 1;
        await client.SendBytesAsync(content);
        Assert.Contains("\"error\":\"mismatch\"", await client.ReplyAsync());
        Assert.Empty(Directory.GetFileSystemEntries(_home["share"]));

        await client.SendAsync(Fill("""{"filename":"f","filesize":SIZE,"md5":"MD5"}""", content));
        await client.SendBytesAsync(content);
        Assert.Contains("\"status\":\"ok\"", await client.ReplyAsync());
        Assert.Equal(content, await File.ReadAllBytesAsync(_home["share/f"]));
        Assert.Empty(Deployment.StagedIn(_home.Path));
    }

    [Fact]
    public async Task A_leading_slash_means_the_home_and_nothing_leads_out_of_it()
    {
        await using var server = await ServeProcess.StartAsync(_home, Open);
        using var client = await PlainConnection.OpenAsync(server.Address);
        foreach (var (name, place) in new[] { ("/a", "a"), ("//b", "b"), ("../c", "c"), ("/../../d", "d"), ("/./e", "e") })
        {
            await client.SendAsync($$"""{"filename":"{{name}}","filesize":1}""");
            await client.SendBytesAsync("x"u8.ToArray());
            var reply = await client.ReplyAsync();
            Assert.Contains("\"status\":\"ok\"", reply);
            Assert.True(File.Exists(_home["share/" + place]), name);
        }

        Assert.DoesNotContain(Directory.GetFileSystemEntries(_home.Path), entry => Path.GetFileName(entry).Length == 1);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_server_never_speaks_first(string model)
    {
        await using var server = await ServeProcess.StartAsync(_home, [.. Open, "--model", model]);
        using var silent = new TcpClient();
        await silent.ConnectAsync(server.Address);
        AssertArrivedNothing(silent);

        // A whole transfer beside it, which began later, is done meanwhile.
        var names = await MakeFilesAsync("a", 1);
        Assert.Equal(0, (await RunDocumentedAsync(server, names)).ExitCode);
        AssertArrivedNothing(silent);
    }

    private static void AssertArrivedNothing(TcpClient client)
    {
        Assert.False(client.Client.Poll(TimeSpan.Zero, SelectMode.SelectRead));
        Assert.Equal(0, client.Available);
    }

    private static string Fill(string header, byte[] content) => header
        .Replace("SIZE", $"{content.Length}", StringComparison.Ordinal)
        .Replace("MD5", Convert.ToHexStringLower(MD5.HashData(content)), StringComparison.Ordinal);

    private static string Documented()
    {
        var page = File.ReadAllText(Path.Combine(SourceTree.Repository, "docs", "protocol.md"));
        return Regex.Match(page, "```python\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
    }

    private async Task<string[]> MakeFilesAsync(string prefix, int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(number => $"{prefix}{number}")];
        foreach (var (number, name) in names.Index()) await File.WriteAllBytesAsync(_home[name], Contents.Random(number * 700_000, number));
        return names;
    }

    private Task<CommandResult> RunDocumentedAsync(ServeProcess server, string[] names)
    {
        var program = _home.Write($"client-{Guid.NewGuid():N}.py", Documented());
        return ArgosyCommand.RunProgramAsync(
            _home, "/usr/bin/env", ["python3", program, "127.0.0.1", $"{server.Address.Port}", .. names.Select(name => _home[name])]);
    }

    private void AssertArrived(string[] names)
    {
        foreach (var name in names) Contents.AssertSame(_home[name], _home["share/" + name]);
        Assert.Equal(names.Length, Directory.GetFileSystemEntries(_home["share"]).Length);
    }
}
