using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Cli.Tests;

/// <summary><c>argosy serve</c> as a real process.</summary>
public sealed class ServeTests : IDisposable
{
    private const string Half = "0123456789";

    private static readonly string[] Open = ["--anonymous", "rw", "--plain"];

    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task It_says_where_it_is_ready_and_nothing_else()
    {
        await using var server = await ServeProcess.StartAsync(_home, Open);
        Assert.Matches(@"^ready argosy://127\.0\.0\.1:[1-9][0-9]*$", server.ReadyLine);
        using (await PlainConnection.OpenAsync(server.Address))
        {
        }

        server.Signal(ServeProcess.SigTerm);
        Assert.Equal((0, ""), await server.WaitAsync());
    }

    [Fact]
    public async Task Every_address_serves_both_families()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        await using var server = await ServeProcess.StartAsync(_home, [.. Open, "--listen", "[::]:0"]);
        Assert.StartsWith("ready argosy://[::]:", server.ReadyLine);
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
            using (await PlainConnection.OpenAsync(new IPEndPoint(address, server.Address.Port)))
            {
            }
    }

    public static TheoryData<string> Models => new(Spine.Check.Models);

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Every_model_of_that_name_takes_a_file_and_gives_it_back(string model)
    {
        await using var server = await ServeProcess.StartAsync(_home, [.. Open, "--model", model, "--verbose"]);
        await server.WaitForLogAsync($"model {model}.");
        using var client = await PlainConnection.OpenAsync(server.Address);
        await client.SendAsync($$"""{"cmd":"put","id":1,"path":"a.txt","body":{{Half.Length}}}""");
        await client.SendBytesAsync("0123456789"u8.ToArray());
        Assert.Contains("\"status\":\"ok\"", await client.ReplyAsync());
        Assert.Equal(Half, await File.ReadAllTextAsync(_home["share/a.txt"]));
        await client.SendAsync("""{"cmd":"get","id":2,"path":"a.txt"}""");
        Assert.Contains("\"status\":\"ok\"", await client.ReplyAsync());
        Assert.Equal(Half, await client.TextAsync(Half.Length));
        client.Dispose();
        Assert.Equal(0, await server.StopAsync());
    }

    [Theory]
    [InlineData(ServeProcess.SigTerm)]
    [InlineData(ServeProcess.SigInt)]
    public async Task A_running_transfer_is_finished_before_it_stops(int signal)
    {
        await using var server = await ServeProcess.StartAsync(_home, Open);
        using var client = await PlainConnection.OpenAsync(server.Address);
        await BeginUploadAsync(client);

        server.Signal(signal);
        await server.WaitForLogAsync("Stopping: waiting up to 10 s for 1 connection;");
        await client.SendBytesAsync("56789"u8.ToArray());
        Assert.Contains("\"status\":\"ok\"", await client.ReplyAsync());
        Assert.Equal(0, (await server.WaitAsync()).ExitCode);
        Assert.Equal(Half, await File.ReadAllTextAsync(_home["share/half.txt"]));
    }

    [Fact]
    public async Task A_transfer_that_stands_still_is_cut_at_the_deadline()
    {
        await using var server = await ServeProcess.StartAsync(_home, [.. Open, "--drain", "200ms"]);
        using var client = await PlainConnection.OpenAsync(server.Address);
        await BeginUploadAsync(client);
        Assert.Equal(0, await server.StopAsync());
        Assert.False(File.Exists(_home["share/half.txt"]));
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var server = await ServeProcess.StartAsync(_home, [.. Open, "--drain", "1h"]);
        using var client = await PlainConnection.OpenAsync(server.Address);
        await BeginUploadAsync(client);
        server.Signal(ServeProcess.SigTerm);
        server.Signal(ServeProcess.SigTerm); // At once, as timeout(1) sends it: counts as one.
        await server.WaitForLogAsync("Stopping");
        await Task.Delay(500);
        server.Signal(ServeProcess.SigTerm);
        Assert.Equal(1, (await server.WaitAsync()).ExitCode);
        Assert.False(File.Exists(_home["share/half.txt"]));
    }

    [Fact]
    public async Task It_restarts_at_once_on_the_same_port()
    {
        string address;
        await using (var first = await ServeProcess.StartAsync(_home, Open))
        {
            address = first.Address.ToString();
            using var client = await PlainConnection.OpenAsync(first.Address);
            await client.SendAsync("""{"cmd":"ping","id":1}""");
            await client.ReplyAsync();
            Assert.Equal(0, await first.StopAsync());
        }

        await using var second = await ServeProcess.StartAsync(_home, [.. Open, "--listen", address]);
        Assert.Equal(address, second.Address.ToString());
    }

    [Fact]
    public async Task A_killed_server_leaves_nothing_that_stops_the_next_one()
    {
        await using (var first = await ServeProcess.StartAsync(_home, Open)) first.Signal(9);
        await using var second = await ServeProcess.StartAsync(_home, Open);
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var result = await ArgosyCommand.RunAsync(_home, "serve", _home["share"], "--anonymous", "ro", "--listen", taken.LocalEndpoint.ToString()!);
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Contains("already listens there", result.Error);
    }

    [Fact]
    public async Task A_data_folder_in_use_is_one_clear_line()
    {
        await using var first = await ServeProcess.StartAsync(_home, Open);
        var second = await ArgosyCommand.RunAsync(
            _home, "serve", _home["share"], "--anonymous", "ro", "--listen", "127.0.0.1:0", "--data", ServeProcess.DataOf(_home));
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"(process {first.Id})", Assert.Single(second.Error.TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task A_data_folder_that_clients_could_reach_is_refused_before_it_is_made()
    {
        var result = await ArgosyCommand.RunAsync(_home, "serve", _home["share"], "--anonymous", "ro", "--data", _home["share/data"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("overlap", result.Error);
        Assert.False(Directory.Exists(_home["share/data"]));
    }

    [Fact]
    public async Task Uploads_wait_in_the_data_folder_so_that_a_home_holds_only_what_is_its_owners()
    {
        await using var server = await ServeProcess.StartAsync(_home, Open);
        using var client = await PlainConnection.OpenAsync(server.Address);
        await client.SendAsync("""{"cmd":"put","id":1,"path":"a.txt","body":0}""");
        Assert.Contains("\"status\":\"ok\"", await client.ReplyAsync());
        Assert.Equal([_home["share/a.txt"]], Directory.GetFileSystemEntries(_home["share"]));
        Assert.Single(Directory.GetDirectories(_home["data/staging"]));
    }

    [Fact]
    public async Task The_data_folder_is_closed_to_others()
    {
        await using var server = await ServeProcess.StartAsync(_home, Open);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(ServeProcess.DataOf(_home)));
    }

    [Fact]
    public async Task Without_accounts_it_names_the_command_that_helps()
    {
        var refused = await ArgosyCommand.RunAsync(_home, "serve", _home["share"], "--data", ServeProcess.DataOf(_home), "--listen", "127.0.0.1:0");
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        var start = refused.Error.IndexOf("Add one with: ", StringComparison.Ordinal) + "Add one with: ".Length;
        var command = refused.Error[start..refused.Error.IndexOf("   ", start, StringComparison.Ordinal)].Replace("NAME", "alex", StringComparison.Ordinal);
        var added = await ArgosyCommand.RunProgramAsync(_home, "/bin/sh", ["-c", command + " --password-stdin"], "secret\n");
        Assert.Equal((0, "Added alex.\n"), (added.ExitCode, added.Output));
        await using var server = await ServeProcess.StartAsync(_home);
    }

    [Fact]
    public async Task Passwords_are_in_no_log_and_no_argument()
    {
        const string password = "correct-horse-battery";
        await using var server = await ServeProcess.StartAsync(_home, "--anonymous", "ro", "--verbose");
        await server.UserAsync(["add", "alex", "--password-stdin"], password + "\n");
        server.Signal(ServeProcess.SigHup);
        await server.WaitForLogAsync("Reloaded: 1 account");
        var url = $"argosy://alex@{server.Address}/";
        foreach (var (typed, exitCode) in new[] { (password, 0), (password + "x", 1) })
        {
            var list = await ArgosyCommand.RunAsync(_home, ["ls", url, "--accept-new"], "", ("ARGOSY_PASSWORD", typed));
            Assert.Equal(exitCode, list.ExitCode);
        }

        await server.WaitForLogAsync("refused");
        Assert.DoesNotContain("horse", await File.ReadAllTextAsync($"/proc/{server.Id}/cmdline"));
        Assert.Equal(0, await server.StopAsync());
        Assert.Contains("alex", server.Log);
        Assert.DoesNotContain("horse", server.Log);
    }

    [Fact]
    public async Task Accounts_come_and_go_while_it_runs()
    {
        await using var server = await ServeProcess.StartAsync(_home, "--anonymous", "ro");
        await server.UserAsync(["add", "alex", "--password-stdin"], "secret\n");
        await ListUntilAsync(server, exitCode: 0);
        await server.UserAsync(["remove", "alex"]);
        await ListUntilAsync(server, exitCode: 1);
    }

    [Fact]
    public async Task SIGHUP_reloads_and_says_so()
    {
        await using var server = await ServeProcess.StartAsync(_home, Open);
        await server.UserAsync(["add", "alex", "--password-stdin"], "secret\n");
        server.Signal(ServeProcess.SigHup);
        await server.WaitForLogAsync("Reloaded: 1 account, the certificate is unchanged");

        File.Delete(_home["data/certificate.pem"]);
        server.Signal(ServeProcess.SigHup);
        await server.WaitForLogAsync("the certificate is new");

        File.WriteAllText(_home["data/certificate.pem"], "broken");
        server.Signal(ServeProcess.SigHup);
        await server.WaitForLogAsync("The old certificate stays");
    }

    [Fact]
    public async Task Options_win_over_the_environment_and_that_over_the_file()
    {
        var config = _home.Write("serve.json", """
            { // the file
              "Server": { "Root": "from-file", "Drain": "1s" }, "Accounts": { "Anonymous": "ro" }, "Native": { "Listen": "127.0.0.1:1" } }
            """);
        var start = ArgosyCommand.Describe(
            _home, ArgosyCommand.Program, ["serve", "--config", config, "--listen", "127.0.0.1:0", "--data", _home["data"]],
            ("ARGOSY__Server__Root", _home["from-environment"]), ("ARGOSY__Native__Listen", "127.0.0.1:2"));
        using var process = Process.Start(start)!;
        Assert.StartsWith("ready argosy://127.0.0.1:", await process.StandardOutput.ReadLineAsync().WaitAsync(ArgosyCommand.Patience));
        process.Kill();
        await process.WaitForExitAsync();
        Assert.True(Directory.Exists(_home["from-environment"]));
        Assert.False(Directory.Exists(_home["from-file"]));
    }

    [Theory]
    [InlineData(">&-", "Listening on ")]
    [InlineData(">/dev/full", "Listening on ")]
    [InlineData("2>&-", "ready argosy://")]
    [InlineData("2>/dev/full", "ready argosy://")]
    public async Task It_needs_neither_standard_output_nor_error(string redirection, string whatTheOtherSays)
    {
        string[] line = [ArgosyCommand.Program, "serve", _home["share"], "--data", _home["data"], "--listen", "127.0.0.1:0", "--verbose", .. Open];
        using var process = Process.Start(ArgosyCommand.Describe(_home, "/bin/sh", ["-c", $"exec \"$0\" \"$@\" {redirection}", .. line]))!;
        var other = redirection[0] == '2' ? process.StandardOutput : process.StandardError;
        string? said;
        do said = await other.ReadLineAsync().WaitAsync(ArgosyCommand.Patience);
        while (said is not null && !said.Contains(whatTheOtherSays, StringComparison.Ordinal));
        Assert.NotNull(said);
        _ = other.ReadToEndAsync();

        var kill = await ArgosyCommand.RunProgramAsync(_home, "/bin/sh", ["-c", $"kill -TERM {process.Id}"]);
        Assert.Equal(0, kill.ExitCode);
        await process.WaitForExitAsync().WaitAsync(ArgosyCommand.Patience);
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData("--listen nowhere", "--listen: \"nowhere\" is not an address")]
    [InlineData("--port 7373", "write --listen 7373")]
    [InlineData("--model asnyc", "\n  threads ")]
    [InlineData("--durability slow", "neither fast")]
    [InlineData("--quota much", "--quota: \"much\" is not a size")]
    [InlineData("--model asnyc", "did you mean \"async\"")]
    [InlineData("--anonymous=all", "is not one of ro")]
    [InlineData("--drain soon", "is not a time")]
    [InlineData("--model prefork:asnyc", "there is no model")]
    [InlineData("--model prefork --config memory.json", "serves in several processes")]
    [InlineData("--anonymous ro --user nobody-of-that-name", "there is no user \"nobody-of-that-name\"")]
    [InlineData("--config missing.json", "missing.json")]
    [InlineData("--lisen 127.0.0.1:0", "did you mean \"--listen\"")]
    [InlineData("--ftp 127.0.0.1:0", "no option \"--ftp\"")]
    public async Task Wrong_options_are_bad_usage(string arguments, string part)
    {
        _home.Write("memory.json", """{ "Files": { "Storage": "memory" } }""");
        var result = await ArgosyCommand.RunAsync(_home, ["serve", _home["share"], "--data", _home["data"], .. arguments.Split(' ')]);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(part, result.Error);
    }

    [Fact]
    public async Task The_verb_of_workers_is_none_to_run_by_hand()
    {
        var result = await ArgosyCommand.RunAsync(_home, "worker");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.DoesNotContain("worker", (await ArgosyCommand.RunAsync(_home, "--help")).Output);
    }

    [Theory]
    [InlineData("async")]
    [InlineData("process")]
    [InlineData("prefork")]
    public async Task As_another_user_everything_belongs_to_that_user(string model)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may become somebody else");
        File.SetUnixFileMode(_home.Path, (UnixFileMode)0b111_101_101);
        await using var server = await ServeProcess.StartAsync(_home, [.. Open, "--user", "nobody", "--model", model]);
        var owner = await ArgosyCommand.RunProgramAsync(_home, "/usr/bin/id", ["-u", "nobody"]);
        var uid = owner.Output.Trim();
        foreach (var process in (int[])[server.Id, .. ProcessTree.ChildrenOf(server.Id)])
        {
            var status = await File.ReadAllLinesAsync($"/proc/{process}/status");
            Assert.Contains($"Uid:\t{uid}\t{uid}\t{uid}\t{uid}", status);
            Assert.Contains("CapEff:\t0000000000000000", status);
            foreach (var task in Directory.GetDirectories($"/proc/{process}/task"))
                Assert.Contains($"Uid:\t{uid}\t{uid}\t{uid}\t{uid}", await File.ReadAllLinesAsync($"{task}/status"));
        }

        using var client = await PlainConnection.OpenAsync(server.Address);
        await client.SendAsync($$"""{"cmd":"put","id":1,"path":"a.txt","body":0}""");
        Assert.Contains("\"status\":\"ok\"", await client.ReplyAsync());

        // Root adds an account beside it; the server must be able to read it.
        await server.UserAsync(["add", "alex", "--password-stdin"], "secret\n");
        server.Signal(ServeProcess.SigHup);
        await server.WaitForLogAsync("Reloaded: 1 account");
        var files = await ArgosyCommand.RunProgramAsync(_home, "/usr/bin/find", [_home["data"], _home["share"], "!", "-user", "nobody"]);
        Assert.Equal("", files.Output);
    }

    // The server looks at the accounts twice a second; each try is a process, so that this is no busy loop.
    private async Task ListUntilAsync(ServeProcess server, int exitCode)
    {
        var patience = Stopwatch.StartNew();
        string[] list = ["ls", $"argosy://alex@{server.Address}/", "--accept-new"];
        CommandResult result;
        do result = await ArgosyCommand.RunAsync(_home, list, "", ("ARGOSY_PASSWORD", "secret"));
        while (result.ExitCode != exitCode && patience.Elapsed < ArgosyCommand.Patience);
        Assert.Equal(exitCode, result.ExitCode);
    }

    private static async Task BeginUploadAsync(PlainConnection client)
    {
        // The reply to the first request shows that the second one's header is being read.
        await client.SendAsync("""{"cmd":"ping","id":1}""");
        await client.ReplyAsync();
        await client.SendAsync($$"""{"cmd":"put","id":2,"path":"half.txt","body":{{Half.Length}}}""");
        await client.SendBytesAsync("01234"u8.ToArray());
    }
}
