using System.Text;

namespace Argosy.Client.Tests;

/// <summary>Trees of small files between a real server and a real disk: the same comes of it whether they share requests or go one by one.</summary>
public sealed class PackTests
{
    private const int Timeout = 60_000;

    public static TheoryData<bool> Ways => [true, false];

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Ways))]
    public async Task A_tree_goes_there_and_comes_back_as_it_is(bool shared)
    {
        await using var server = new RealServer { SharesRequests = shared };
        await using var client = await server.ConnectAsync();
        var expected = Grow(server.Local["tree"], 700);
        var put = await client.PutFolderAsync(server.Local["tree"], "/tree").ToListAsync();
        Assert.Equal(expected.Count, put.Count(outcome => outcome.Result == TreeResult.Moved));
        AssertSame(expected, server.Local["tree"], server.World.Path("tree"));

        var got = await client.GetFolderAsync("/tree", server.Local["back"]).ToListAsync();
        Assert.Equal(expected.Count, got.Count(outcome => outcome.Result == TreeResult.Moved));
        AssertSame(expected, server.Local["tree"], server.Local["back"]);
        Assert.Equal(expected.Values.Sum(content => content.Length), got.Sum(outcome => outcome.Size));
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Ways))]
    public async Task Outcomes_come_in_the_order_in_which_the_files_were_met(bool shared)
    {
        await using var server = new RealServer { SharesRequests = shared };
        await using var client = await server.ConnectAsync();
        Grow(server.Local["tree"], 300);
        using var folder = LocalFolder.Open(server.Local["tree/d0"]);
        var met = folder.ReadNames().Where(entry => entry.IsFile).Select(entry => Encoding.UTF8.GetString(entry.Name)).ToList();
        var put = await client.PutFolderAsync(server.Local["tree/d0"], "/d0").ToListAsync();
        Assert.Equal(met, put.Where(outcome => outcome.Result == TreeResult.Moved).Select(outcome => outcome.Path.ToString()[4..]));
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Ways))]
    public async Task What_is_there_already_is_told_and_what_differs_is_replaced(bool shared)
    {
        await using var server = new RealServer { SharesRequests = shared };
        await using var client = await server.ConnectAsync();
        var expected = Grow(server.Local["tree"], 200);
        await client.PutFolderAsync(server.Local["tree"], "/tree").ToListAsync();
        await File.WriteAllTextAsync(server.Local["tree/d0/f000"], "other");
        var again = await client.PutFolderAsync(server.Local["tree"], "/tree").ToListAsync();
        Assert.Equal((1, expected.Count - 1), (again.Count(outcome => outcome.Result == TreeResult.Moved), again.Count(outcome => outcome.Result == TreeResult.Unchanged)));

        File.SetLastWriteTimeUtc(server.Local["tree/d0/f000"], new DateTime(2002, 2, 2, 0, 0, 0, DateTimeKind.Utc));
        await File.WriteAllTextAsync(server.World.Path("tree/d0/f000"), "newer");
        var back = await client.GetFolderAsync("/tree", server.Local["tree"]).ToListAsync();
        Assert.Equal((1, expected.Count - 1), (back.Count(outcome => outcome.Result == TreeResult.Moved), back.Count(outcome => outcome.Result == TreeResult.Unchanged)));
        Assert.Equal("newer", await File.ReadAllTextAsync(server.Local["tree/d0/f000"]));

        var left = await client.PutFolderAsync(server.Local["tree"], "/tree", new TreeOptions { Overwrite = false }).ToListAsync();
        Assert.Equal(expected.Count, left.Count(outcome => outcome.Result == TreeResult.Left));
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Ways))]
    public async Task One_that_fails_keeps_no_other_back_and_says_why(bool shared)
    {
        await using var server = new RealServer { SharesRequests = shared };
        await using var client = await server.ConnectAsync();
        var expected = Grow(server.Local["tree"], 100);
        Directory.CreateDirectory(server.World.Path("tree/d0/f007"));
        var put = await client.PutFolderAsync(server.Local["tree"], "/tree").ToListAsync();
        var failed = Assert.Single(put, outcome => outcome.Result == TreeResult.Failed);
        Assert.Equal("is-a-folder", Assert.IsType<RefusedException>(failed.Failure).Error);
        Assert.Equal("/tree/d0/f007", failed.Path.ToString());
        Assert.Equal(expected.Count - 1, put.Count(outcome => outcome.Result == TreeResult.Moved));
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Ways))]
    public async Task A_quota_holds_to_the_byte(bool shared)
    {
        await using var server = new RealServer { SharesRequests = shared };
        await using var client = await server.ConnectAsync(user: Argosy.FrontEnds.FileWorld.Limited);
        Directory.CreateDirectory(server.Local["tree"]);
        for (var i = 0; i < 60; i++)
            await File.WriteAllBytesAsync(server.Local[$"tree/{i}"], new byte[3001]);
        var put = await client.PutFolderAsync(server.Local["tree"], "/tree").ToListAsync();
        Assert.Equal(Argosy.FrontEnds.FileWorld.LimitBytes / 3001, put.Count(outcome => outcome.Result == TreeResult.Moved));
        Assert.All(put.Where(outcome => outcome.Failure is not null), outcome => Assert.Equal("over-quota", Assert.IsType<RefusedException>(outcome.Failure).Error));
        Assert.Equal(99_033, (await client.QuotaAsync()).Bytes);
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Ways))]
    public async Task Progress_counts_every_byte_and_file(bool shared)
    {
        await using var server = new RealServer { SharesRequests = shared };
        await using var client = await server.ConnectAsync();
        var expected = Grow(server.Local["tree"], 300);
        var bytes = expected.Values.Sum(content => content.Length);
        foreach (var up in (bool[])[true, false])
        {
            var seen = new Last();
            var options = new TreeOptions { Progress = seen };
            await (up ? client.PutFolderAsync(server.Local["tree"], "/tree", options) : client.GetFolderAsync("/tree", server.Local["back"], options)).ToListAsync();
            Assert.Equal((bytes, bytes, expected.Count, expected.Count), (seen.Value.Bytes, seen.Value.BytesMoved, seen.Value.Files, seen.Value.FilesFound));
        }
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Ways))]
    public async Task A_tree_that_is_given_up_leaves_whole_files_and_goes_on_later(bool shared)
    {
        await using var server = new RealServer { SharesRequests = shared };
        var expected = Grow(server.Local["tree"], 600);
        await using (var client = await server.ConnectAsync())
        {
            using var stop = new CancellationTokenSource();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (var outcome in client.PutFolderAsync(server.Local["tree"], "/tree", cancellationToken: stop.Token))
                {
                    if (outcome.Result == TreeResult.Moved)
                        await stop.CancelAsync();
                }
            });
            await client.PingAsync();
            foreach (var file in Directory.GetFiles(server.World.Path("tree"), "*", SearchOption.AllDirectories))
                Assert.Equal(expected[Path.GetRelativePath(server.World.Path("tree"), file)], await File.ReadAllBytesAsync(file));
        }

        await using var next = await server.ConnectAsync();
        await next.PutFolderAsync(server.Local["tree"], "/tree").ToListAsync();
        AssertSame(expected, server.Local["tree"], server.World.Path("tree"));
    }

    /// <summary>Folders <c>d0</c>, <c>d1</c> and so on, with files of all small lengths, times and modes.</summary>
    private static Dictionary<string, byte[]> Grow(string tree, int count)
    {
        var random = new Random(count);
        var files = new Dictionary<string, byte[]>();
        for (var i = 0; i < count; i++)
        {
            var name = $"d{i / 100}/f{i % 100:000}";
            var content = new byte[(i % 50) switch { 0 => 0, 1 => 65_536, 2 => 65_537, 3 => 200_000, _ => random.Next(6000) }];
            random.NextBytes(content);
            Directory.CreateDirectory(Path.Combine(tree, $"d{i / 100}"));
            var place = Path.Combine(tree, name);
            File.WriteAllBytes(place, content);
            File.SetUnixFileMode(place, i % 3 == 0 ? UnixFileMode.UserRead | UnixFileMode.UserWrite : (UnixFileMode)0b110_100_100);
            File.SetLastWriteTimeUtc(place, DateTime.UnixEpoch.AddDays(i).AddMicroseconds(i));
            files[name] = content;
        }

        return files;
    }

    private static void AssertSame(Dictionary<string, byte[]> expected, string one, string other)
    {
        Assert.Equal(expected.Keys.Order(), Directory.GetFiles(other, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(other, file)).Order());
        foreach (var (name, content) in expected)
        {
            var (here, there) = (new FileInfo(Path.Combine(one, name)), new FileInfo(Path.Combine(other, name)));
            Assert.Equal(content, File.ReadAllBytes(there.FullName));
            Assert.Equal((here.LastWriteTimeUtc, here.UnixFileMode & ~FileCreationMask.Value), (there.LastWriteTimeUtc, there.UnixFileMode));
        }
    }

    private sealed class Last : IProgress<TreeProgress>
    {
        public TreeProgress Value { get; private set; }

        public void Report(TreeProgress value)
        {
            lock (this)
            {
                if (value.Files >= Value.Files)
                    Value = value;
            }
        }
    }
}
