using Argosy.Cli.Tests.Spine;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>How a transfer is interrupted.</summary>
public enum Cut
{
    /// <summary>The client process is killed.</summary>
    Client,

    /// <summary>The server process is killed, and started again.</summary>
    Server,

    /// <summary>The line between them is reset.</summary>
    Line,
}

/// <summary>
/// Transfers that are cut at any moment go on when the command is repeated: no more travels than what is missing + 2 % + 4 MiB, and the result
/// is one whole version. Moments come from fixed seeds, as positions in the stream: two of each kind, all hundred with ARGOSY_CHECK=all.
/// </summary>
public sealed class ResumeTests
{
    private const int Timeout = 20 * 60_000;
    private const int Size = 24 << 20;
    private static readonly int Moments = Check.All ? 100 : 2;

    [Theory(Timeout = Timeout)]
    [InlineData(Cut.Client)]
    [InlineData(Cut.Server)]
    [InlineData(Cut.Line)]
    public async Task An_upload_that_was_cut_goes_on(Cut cut)
    {
        await using var line = await ResumeLine.StartAsync();
        for (var moment = 0; moment < Moments; moment++)
        {
            var name = $"{cut}-{moment}";
            await line.WriteAsync(name, Size, moment);
            await line.CutUploadAsync(name, cut, Position(cut, moment, up: true), tls: moment % 2 == 1);
            var missing = Size - line.Received;
            var sent = await line.RepeatUploadAsync(name, tls: moment % 2 == 1);
            Assert.True(sent <= Allowed(missing), $"{name}: {missing} bytes were missing, but {sent} travelled");
            Contents.AssertSame(line.Local(name), line.Deployment.Stored(name));
            Assert.Equal(File.GetLastWriteTimeUtc(line.Local(name)), File.GetLastWriteTimeUtc(line.Deployment.Stored(name)), TimeSpan.FromMicroseconds(1));
            await line.Deployment.AssertNothingIsStagedAsync();
            File.Delete(line.Local(name));
            File.Delete(line.Deployment.Stored(name));
        }
    }

    [Theory(Timeout = Timeout)]
    [InlineData(Cut.Client)]
    [InlineData(Cut.Server)]
    [InlineData(Cut.Line)]
    public async Task A_download_that_was_cut_goes_on(Cut cut)
    {
        await using var line = await ResumeLine.StartAsync();
        for (var moment = 0; moment < Moments; moment++)
        {
            var name = $"{cut}-{moment}";
            await line.StoreAsync(name, Size, moment);
            await line.CutDownloadAsync(name, cut, Position(cut, moment, up: false), tls: moment % 2 == 1);
            var missing = Size - line.Fetched;
            var sent = await line.RepeatDownloadAsync(name, tls: moment % 2 == 1);
            Assert.True(sent <= Allowed(missing), $"{name}: {missing} bytes were missing, but {sent} travelled");
            Contents.AssertSame(line.Deployment.Stored(name), line.Local(name));
            Assert.Empty(Directory.EnumerateFiles(line.Folder, ".*"));
            File.Delete(line.Local(name));
            File.Delete(line.Deployment.Stored(name));
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task An_edit_in_the_part_that_was_sent_arrives_though_the_time_was_put_back()
    {
        await using var line = await ResumeLine.StartAsync();
        await line.WriteAsync("file", Size, 1);
        await line.CutUploadAsync("file", Cut.Line, 16 << 20, tls: false);
        Assert.True(line.Received > 8 << 20);
        Edit(line.Local("file"), 5_000_000);
        var missing = Size - line.Received;
        var sent = await line.RepeatUploadAsync("file", tls: false);
        Assert.True(sent <= Allowed(missing), $"{missing} bytes were missing, but {sent} travelled");
        Contents.AssertSame(line.Local("file"), line.Deployment.Stored("file"));
    }

    [Fact(Timeout = Timeout)]
    public async Task An_edit_on_the_server_in_the_part_that_came_arrives_though_the_time_was_put_back()
    {
        await using var line = await ResumeLine.StartAsync();
        await line.StoreAsync("file", Size, 1);
        await line.CutDownloadAsync("file", Cut.Line, 16 << 20, tls: false);
        Assert.True(line.Fetched > 8 << 20);
        Edit(line.Deployment.Stored("file"), 5_000_000);
        var missing = Size - line.Fetched;
        var sent = await line.RepeatDownloadAsync("file", tls: false);
        Assert.True(sent <= Allowed(missing), $"{missing} bytes were missing, but {sent} travelled");
        Contents.AssertSame(line.Deployment.Stored("file"), line.Local("file"));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(Size - 1)]
    [InlineData(Size + 1)]
    [InlineData(3 << 20)]
    public async Task Another_version_of_another_length_replaces_what_came_of_the_old_one(int length)
    {
        await using var line = await ResumeLine.StartAsync();
        await line.WriteAsync("up", Size, 1);
        await line.CutUploadAsync("up", Cut.Line, 16 << 20, tls: false);
        File.Delete(line.Local("up"));
        await line.WriteAsync("up", length, 2);
        await line.RepeatUploadAsync("up", tls: false);
        Contents.AssertSame(line.Local("up"), line.Deployment.Stored("up"));

        await line.StoreAsync("down", Size, 3);
        await line.CutDownloadAsync("down", Cut.Line, 16 << 20, tls: false);
        await line.StoreAsync("down", length, 4);
        await line.RepeatDownloadAsync("down", tls: false);
        Contents.AssertSame(line.Deployment.Stored("down"), line.Local("down"));
    }

    [Fact(Timeout = Timeout)]
    public async Task What_was_killed_while_blocks_were_replaced_is_compared_again()
    {
        await using var line = await ResumeLine.StartAsync();
        await line.WriteAsync("file", Size, 1);
        await line.CutUploadAsync("file", Cut.Line, 20 << 20, tls: false);
        for (var at = 100_000; at < 16 << 20; at += 2 << 20)
            Edit(line.Local("file"), at);
        // Within the eight blocks that differ: the server then has some of the new version and some of the old one.
        await line.CutUploadAsync("file", Cut.Client, 3_500_000, tls: false);
        Assert.True(line.Received > 8 << 20);
        await line.RepeatUploadAsync("file", tls: false);
        Contents.AssertSame(line.Local("file"), line.Deployment.Stored("file"));
    }

    [Fact(Timeout = Timeout)]
    public async Task Several_clients_go_on_with_uploads_of_one_name()
    {
        await using var line = await ResumeLine.StartAsync();
        string[] states = ["one", "two", "three"];
        foreach (var (state, seed) in states.Select((state, seed) => (state, seed)))
        {
            await line.WriteAsync(state, Size, seed);
            await line.CutUploadAsync(state, Cut.Client, 12 << 20, tls: false, target: "shared", state);
        }

        Assert.Equal(3, (await line.Deployment.DoAsync("uploads", line.Deployment.Url("/"))).TrimEnd().Split('\n').Length);
        var results = await Task.WhenAll(states.Select(state => line.RunUploadAsync(state, tls: false, target: "shared", state)));
        Assert.All(results, result => Assert.Equal((0, ""), (result.ExitCode, result.Error)));
        var stored = await File.ReadAllBytesAsync(line.Deployment.Stored("shared"));
        Assert.Contains(states, state => File.ReadAllBytes(line.Local(state)).AsSpan().SequenceEqual(stored));
        await line.Deployment.AssertNothingIsStagedAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task Uploads_are_listed_by_folder_and_discarded()
    {
        await using var line = await ResumeLine.StartAsync();
        await line.WriteAsync("file", Size, 1);
        await line.CutUploadAsync("file", Cut.Line, 9 << 20, tls: false);
        Assert.Matches(@"^/file  \d+(\.\d)? MiB of 24 MiB  \d{4}-", await line.Deployment.DoAsync("uploads", line.Deployment.Url("/")));
        Assert.Equal("", await line.Deployment.DoAsync("uploads", line.Deployment.Url("/other")));
        Assert.Equal("", await line.Deployment.DoAsync("uploads", "--discard", line.Deployment.Url("/other")));
        Assert.EndsWith("discarded\n", await line.Deployment.DoAsync("uploads", "--discard", line.Deployment.Url("/")), StringComparison.Ordinal);
        Assert.Equal("", await line.Deployment.DoAsync("uploads", line.Deployment.Url("/")));
        await line.Deployment.AssertNothingIsStagedAsync();
        await line.RepeatUploadAsync("file", tls: false);
        Contents.AssertSame(line.Local("file"), line.Deployment.Stored("file"));
    }

    [Fact(Timeout = Timeout)]
    public async Task Control_c_says_how_to_go_on_and_that_works()
    {
        await using var line = await ResumeLine.StartAsync();
        await line.WriteAsync("my file", Size, 1);
        var (halt, command) = line.BeginUpload("my file", 12 << 20);
        await using (command)
        {
            await halt.Reached.WaitAsync(ArgosyCommand.Patience);
            command.Signal(ServeProcess.SigInt);
            await line.CreepAsync(halt, command);
            var result = await command.WaitAsync();
            Assert.Equal(128 + ServeProcess.SigInt, result.ExitCode);
            Assert.Contains($"repeat: ", result.Error, StringComparison.Ordinal);
            Assert.Contains($" put --accept-new '{line.Local("my file")}' {line.Url("my%20file", tls: false)}", result.Error, StringComparison.Ordinal);
        }

        await line.AssertReceivedAsync(4 << 20);
        var sent = await line.RepeatUploadAsync("my file", tls: false);
        Assert.True(sent <= Allowed(Size - line.Received), $"{sent} travelled");
        Contents.AssertSame(line.Local("my file"), line.Deployment.Stored("my file"));
    }

    [Fact(Timeout = Timeout)]
    public async Task Control_c_twice_stops_at_once()
    {
        await using var line = await ResumeLine.StartAsync();
        await line.WriteAsync("file", 64 << 20, 1);
        var (halt, command) = line.BeginUpload("file", 8 << 20);
        await using (command)
        {
            // The line stands still: the first signal waits for it, the second does not.
            await halt.Reached.WaitAsync(ArgosyCommand.Patience);
            command.Signal(ServeProcess.SigInt);
            await Poll.UntilAsync(
                () =>
                {
                    if (!command.HasExited)
                        command.Signal(ServeProcess.SigInt);
                    return command.HasExited;
                },
                () => "It does not stop");
            Assert.NotEqual(0, (await command.WaitAsync()).ExitCode);
        }
    }

    private static int Position(Cut cut, int moment, bool up) =>
        new Random((1000 * (int)cut) + (2 * moment) + (up ? 1 : 0)).Next(1000, Size);

    private static long Allowed(long missing) => missing + (missing / 50) + (4 << 20);

    /// <summary>Changes one byte, and puts the modification time back.</summary>
    private static void Edit(string file, long at)
    {
        var modified = File.GetLastWriteTimeUtc(file);
        using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite))
        {
            var one = new byte[1];
            RandomAccess.Read(handle, one, at);
            RandomAccess.Write(handle, [(byte)(one[0] ^ 0x40)], at);
        }

        File.SetLastWriteTimeUtc(file, modified);
    }
}
