using System.Text;
using Argosy.Client.Tests;

namespace Argosy.Cli.Tests.Spine;

/// <summary>
/// A line that flips one bit between the real command and the real server: exit code 4, nothing wrong published or kept. The client's own
/// tests flip every bit of a transfer; here it is one of every field.
/// </summary>
public sealed class DamagedLineTests
{
    private const int AtATime = 6;

    // A field is the text it begins with in what one side sends, the occurrence counted from the end, and which byte from there.
    private static readonly (string Field, string Text, int FromEnd, int At)[] UpOfPut =
    [
        ("length", """{"cmd":"put""", 0, -2),
        ("key", "\"cmd\":\"put", 0, 2),
        ("value", ":\"put\"", 0, 3),
        ("path", "/file", 0, 2),
        ("body", "\"chunked\"", 0, 3),
        ("size", "\"size\":7", 0, 7),
        ("time", "\"mtime\":", 0, 9),
        ("header's sum", "\"sum\":", 1, 8),
        ("chunk's length", First, 0, -4),
        ("first byte", First, 0, 0),
        ("a byte in the middle", First, 0, 40_000),
        ("last byte", Last, 0, 15),
        ("second chunk's length", Second, 0, -3),
        ("end mark", Last, 0, 17),
        ("trailer's length", Last, 0, 21),
        ("trailer's key", "\"crc32c\":", 0, 3),
        ("body's sum", "\"crc32c\":", 0, 12),
        ("trailer's sum", "\"sum\":", 0, 10),
        ("first frame", "\"hello\"", 0, 2),
        ("first frame's sum", "\"sum\":", 99, 8),
    ];

    private static readonly (string Field, string Text, int FromEnd, int At)[] DownOfPut =
    [
        ("length", "{\"id\":", 0, -2),
        ("id", "\"id\":", 0, 5),
        ("status", ":\"ok\"", 0, 2),
        ("path", "/file", 0, 3),
        ("size", "\"size\":7", 0, 8),
        ("sum", "\"sum\":", 0, 9),
    ];

    private static readonly (string Field, string Text, int FromEnd, int At)[] UpOfGet =
    [
        ("length", """{"cmd":"get""", 0, -2),
        ("command", "\"get\"", 0, 1),
        ("path", "/file", 0, 2),
        ("sum", "\"sum\":", 0, 8),
    ];

    private static readonly (string Field, string Text, int FromEnd, int At)[] DownOfGet =
    [
        ("length", "{\"id\":", 1, -2),
        ("key", "\"size\":", 0, 2),
        ("size", "\"size\":7", 0, 8),
        ("time", "\"mtime\":", 0, 9),
        ("body", "\"chunked\"", 0, 3),
        ("sum", "\"sum\":", 1, 8),
        ("chunk's length", First, 0, -4),
        ("first byte", First, 0, 0),
        ("last byte", Last, 0, 15),
        ("end mark", Last, 0, 17),
        ("body's sum", "\"crc32c\":", 0, 12),
        ("trailer's sum", "\"sum\":", 0, 10),
    ];

    private const string First = "the beginning of it";
    private const string Second = "the second chunk's";
    private const string Last = "the last 16 byte";

    private static readonly byte[] Content = MakeContent();

    [Fact]
    public Task A_flipped_bit_on_the_way_up_publishes_nothing_wrong() => RunAsync(UpOfPut, up: true, PutAsync);

    [Fact]
    public Task A_flipped_bit_in_the_answer_to_an_upload_is_noticed() => RunAsync(DownOfPut, up: false, PutAsync, isAnswer: true);

    [Fact]
    public Task A_flipped_bit_in_a_request_keeps_nothing_wrong() => RunAsync(UpOfGet, up: true, GetAsync);

    [Fact]
    public Task A_flipped_bit_on_the_way_down_keeps_nothing_wrong() => RunAsync(DownOfGet, up: false, GetAsync);

    private static async Task RunAsync(
        (string Field, string Text, int FromEnd, int At)[] fields, bool up, Func<Deployment, int, string, Task<CommandResult>> transferAsync,
        bool isAnswer = false)
    {
        await using var deployment = await Deployment.StartAsync("--anonymous", "rw");
        await File.WriteAllBytesAsync(deployment.Home["content"], Content);
        await File.WriteAllBytesAsync(Path.Combine(deployment.Home["share"], "file"), Content);
        byte[] healthy;
        await using (var line = new FlippingProxy(deployment.Server.Address.Port))
        {
            Assert.Equal(0, (await transferAsync(deployment, line.Port, "file-healthy")).ExitCode);
            healthy = (up ? line.Up : line.Down).ToArray();
        }

        // A length that grew makes its reader wait until it gives up: half a minute, so not every time.
        if (Check.All) fields = [.. fields, .. fields.Where(field => field.Field == "length").Select(field => field with { At = -4 })];
        var bits = Check.All ? [0, 1, 2, 3, 4, 5, 6, 7] : (int[])[0];
        var flips = fields.SelectMany(field => bits.Select(bit => (field.Field, Bit: (8L * Find(healthy, field)) + bit))).ToList();
        await Parallel.ForEachAsync(flips, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (flip, _) =>
        {
            await using var line = new FlippingProxy(deployment.Server.Address.Port);
            if (up) line.UpBit = flip.Bit;
            else line.DownBit = flip.Bit;
            var result = await transferAsync(deployment, line.Port, $"file-{flip.Bit:d7}"); // as long as the healthy one: everything else is where it was there
            Assert.True(result.ExitCode == 4, $"{flip.Field}, bit {flip.Bit}: exit code {result.ExitCode}. {result.Output} {result.Error}");
            Assert.Equal("", result.Output);
        });

        // An upload whose answer was damaged is there, and right; of everything else there is nothing.
        string[] files = [.. Directory.GetFiles(deployment.Home["share"]), .. Directory.GetFiles(deployment.Home.Path, "file-*")];
        foreach (var file in files) Contents.AssertSame(deployment.Home["content"], file);
        Assert.Equal(isAnswer ? 2 + flips.Count : 2, files.Length);
        await deployment.AssertNothingIsStagedAsync();
    }

    private static Task<CommandResult> PutAsync(Deployment deployment, int port, string name) =>
        deployment.RunAsync("put", deployment.Home["content"], $"argosy+plain://127.0.0.1:{port}/{name}");

    private static Task<CommandResult> GetAsync(Deployment deployment, int port, string name) =>
        deployment.RunAsync("get", $"argosy+plain://127.0.0.1:{port}/file", deployment.Home[name]);

    private static byte[] MakeContent()
    {
        // Two chunks from the client, which sends 64 KiB and a byte first.
        var content = new byte[70_000];
        Encoding.ASCII.GetBytes(First).CopyTo(content, 0);
        Encoding.ASCII.GetBytes(Second).CopyTo(content, (64 << 10) + 1);
        Encoding.ASCII.GetBytes(Last).CopyTo(content, content.Length - Last.Length);
        return content;
    }

    /// <summary>The place of a field: so many occurrences before the last one, or the first one where there are not so many.</summary>
    private static int Find(byte[] stream, (string Field, string Text, int FromEnd, int At) field)
    {
        var (_, text, fromEnd, at) = field;
        var all = Encoding.Latin1.GetString(stream);
        var place = all.LastIndexOf(text, StringComparison.Ordinal);
        Assert.True(place >= 0, $"{text} is not there");
        while (fromEnd-- > 0 && place > 0 && all.LastIndexOf(text, place - 1, StringComparison.Ordinal) is >= 0 and var earlier) place = earlier;
        return place + at;
    }
}
