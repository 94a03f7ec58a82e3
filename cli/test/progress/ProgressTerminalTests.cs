using System.Text.RegularExpressions;
using Argosy.Cli.Output;
using Argosy.Cli.Tests.Spine;
using Argosy.Cli.Tests.Transfer;

namespace Argosy.Cli.Tests.Progressing;

/// <summary>What a person at a real terminal sees while bytes move, and what is left afterwards.</summary>
public sealed class ProgressTerminalTests(ProgressWorld world) : IClassFixture<ProgressWorld>, IDisposable
{
    private const int Timeout = 120_000;
    private const int Megabyte = 1_000_000;
    private const string Bar = "[━╸─]";
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_file_has_a_line_at_every_width_and_leaves_only_its_result(bool up)
    {
        await File.WriteAllBytesAsync(_home["big"], Contents.Random(20 * Megabyte, 1));
        if (!up)
            await world.StoreAsync(_home["big"], "/big-down");
        await using var line = world.Line(1 * Megabyte);
        // As after a few commands: a terminal that has no rows above to move out of its window moves the first piece of a row that it breaks.
        var command = up ? $"put big {world.Url("/big-up", line)}" : $"get {world.Url("/big-down", line)} back";
        await using var terminal = await StartAsync($"env seq 10 29; {ArgosyCommand.Program} {command}", 80);
        await terminal.WaitForLineAsync($"^ {Bar}+ +\\d+%  +[0-9.]+/19 MiB  +.*/big-");
        foreach (var width in (int[])[40, 200, 41, 63, 120, 12, 80])
        {
            await terminal.ResizeAsync(width);
            var rows = await terminal.WaitAsync(screen => screen.Count(row => row.Length > 2) == 1 && Suits(screen[^1], width), $"A line of {width} columns");
            Assert.True(DisplayWidth.Of(rows[^1]) < width);
        }

        line.Speed = long.MaxValue;
        Assert.Equal((0, $"{string.Join('\n', Enumerable.Range(10, 20))}\n{(up ? "/big-up" : "back")}  19 MiB"), await EndAsync(terminal));
    }

    [Fact(Timeout = Timeout)]
    public async Task Many_files_are_counted()
    {
        for (var number = 0; number < 40; number++)
            await File.WriteAllBytesAsync(_home[$"m{number:00}"], Contents.Random(400_000, number));
        await world.Deployment.DoAsync("mkdir", world.Deployment.Url("/many"));
        await using var line = world.Line(Megabyte);
        await using var up = await StartAsync($"put m* {world.Url("/many", line)}", 100);
        await up.WaitForLineAsync($"^ {Bar}+ +\\d+%  .*/15 MiB  +\\d+/40 files  ");
        line.Speed = long.MaxValue;
        var expected = string.Join('\n', Enumerable.Range(0, 40).Select(number => $"/many/m{number:00}  391 KiB"));
        Assert.Equal((0, expected), await EndAsync(up));

        line.Speed = Megabyte;
        Directory.CreateDirectory(_home["back"]);
        await using var down = await StartAsync($"get '{world.Url("/many/*", line)}' back", 100);
        await down.WaitForLineAsync("\\d+/40 files");
        line.Speed = long.MaxValue;
        Assert.Equal((0, expected.Replace("/many", "back", StringComparison.Ordinal)), await EndAsync(down));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("")]
    [InlineData(" | cat")]
    public async Task A_folder_shows_its_results_above_the_line(string pipe)
    {
        // Wide, combining, joined, and hostile.
        string[] names = ["大きなファイル", "한글", "e\u0301te\u0301", "👩‍👩‍👧", "☺\uFE0F", "a\u001b[2Jb", "c\nd", new('x', 200)];
        Directory.CreateDirectory(_home["tree/sub"]);
        for (var number = 0; number < 200; number++)
            await File.WriteAllBytesAsync(_home[$"tree/sub/{number:000}-{names[number % names.Length]}"], Contents.Random(100_000, number));
        var target = $"/tree{pipe.Length}";
        await using var line = world.Line(Megabyte);
        await using var up = await StartAsync($"put -r tree {world.Url(target, line)}{pipe}", 70);
        await up.WaitForLineAsync($"^ {Bar}+ +\\d+%  .*/19 MiB  +\\d+/200 files  .*/s");
        foreach (var width in (int[])[40, 60, 120])
        {
            await up.ResizeAsync(width);
            await up.WaitForLineAsync("^ .*\\d+% .*[KM]iB/s");
        }

        line.Speed = long.MaxValue;
        AssertOnlyResults(await up.WaitForEndAsync(), target, "stored", damaged: pipe.Length > 0 ? 2 : 0);
        if (pipe.Length > 0)
            return;
        line.Speed = Megabyte;
        await using var down = await StartAsync($"get -r {world.Url(target, line)} back{pipe}", 70);
        await down.WaitForLineAsync($"^ {Bar}+ +\\d+%  .*/19 MiB  +\\d+/200 files");
        line.Speed = long.MaxValue;
        AssertOnlyResults(await down.WaitForEndAsync(), "back", "fetched");
    }

    [Theory(Timeout = Timeout)]
    [InlineData("> out 2> err", false, "", "/quiet  2.9 MiB\n", "")]
    [InlineData("2> err", false, "/quiet  2.9 MiB", null, "")]
    [InlineData("> out", true, "", "/quiet  2.9 MiB\n", null)]
    [InlineData("--json", false, """{"path":"/quiet","result":"stored","size":3000000}""", null, null)]
    [InlineData("--json > out", false, "", """{"path":"/quiet","result":"stored","size":3000000}""" + "\n", null)]
    public async Task Only_a_person_at_the_terminal_sees_the_line(string ending, bool isSeen, string left, string? output, string? error)
    {
        await File.WriteAllBytesAsync(_home["f"], Contents.Random(3 * Megabyte, new Random().Next()));
        await using var line = world.Line(Megabyte);
        await using var terminal = await StartAsync($"put f {world.Url("/quiet", line)} {ending}", 80);
        if (isSeen)
            await terminal.WaitForLineAsync($"^ {Bar}+ ");
        else
            await Poll.UntilAsync(() => line.Bytes > 0.9 * Megabyte, () => $"Only {line.Bytes} bytes came");
        Assert.Equal(isSeen ? 1 : 0, (await terminal.ScreenAsync()).Length);
        line.Speed = long.MaxValue;
        Assert.Equal((0, left), await EndAsync(terminal));
        Assert.Equal(output, File.Exists(_home["out"]) ? await File.ReadAllTextAsync(_home["out"]) : null);
        Assert.Equal(error, File.Exists(_home["err"]) ? await File.ReadAllTextAsync(_home["err"]) : null);
    }

    [Fact(Timeout = Timeout)]
    public async Task Without_utf8_it_is_drawn_in_ascii()
    {
        await File.WriteAllBytesAsync(_home["ü"], Contents.Random(20 * Megabyte, 2));
        await using var line = world.Line(Megabyte);
        await using var terminal = await StartAsync($"put ü {world.Url("/%C3%BC", line)}", 80, ("LC_ALL", "C"));
        await terminal.WaitForLineAsync("^ [=.-]+ +\\d+%  .*  /\\?$");
        line.Speed = long.MaxValue;
        Assert.Equal((0, "/ü  19 MiB"), await EndAsync(terminal));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_terminal_that_cannot_move_its_cursor_is_spared()
    {
        await File.WriteAllBytesAsync(_home["f"], Contents.Random(3 * Megabyte, 3));
        await using var line = world.Line(Megabyte);
        await using var terminal = await StartAsync($"env TERM=dumb {ArgosyCommand.Program} put f {world.Url("/dumb", line)}", 80);
        await Poll.UntilAsync(() => line.Bytes > 0.9 * Megabyte, () => $"Only {line.Bytes} bytes came");
        Assert.Empty(await terminal.ScreenAsync());
        if (Check.All)
            line.Speed = 0;
        if (Check.All)
            await terminal.WaitForLineAsync("^argosy: [=.-]+ +\\d+% ");
        line.Speed = long.MaxValue;
        Assert.EndsWith("/dumb  2.9 MiB", (await EndAsync(terminal)).Left, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Control_c_says_how_to_go_on_and_leaves_nothing_else()
    {
        await File.WriteAllBytesAsync(_home["f"], Contents.Random(20 * Megabyte, 4));
        await using var line = world.Line(2 * Megabyte);
        await using var terminal = await StartAsync($"put f {world.Url("/stopped", line)}", 80);
        await terminal.WaitForLineAsync($"^ {Bar}+ ");
        await terminal.PressAsync("C-c");
        var (code, left) = await EndAsync(terminal);
        Assert.Equal(130, code);
        var command = Regex.Match(left, "^(\\^C)?argosy: Stopped. To go on where it stopped, repeat: (.*)$", RegexOptions.Singleline).Groups[2].Value;
        Assert.EndsWith($" put f {world.Url("/stopped", line)}", command, StringComparison.Ordinal);

        line.Speed = long.MaxValue;
        var before = line.Bytes;
        await using var again = await TmuxTerminal.StartAsync(_home, command, 80, world.Login);
        Assert.Equal((0, "/stopped  19 MiB"), await EndAsync(again));
        Assert.InRange(line.Bytes - before, 1 * Megabyte, 19 * Megabyte);
        Contents.AssertSame(_home["f"], world.Deployment.Stored("stopped"));
    }

    [Fact(Timeout = Timeout)]
    public async Task Control_c_twice_stops_at_once_though_the_line_stands_still()
    {
        await File.WriteAllBytesAsync(_home["f"], Contents.Random(20 * Megabyte, 5));
        await using var line = world.Line(Megabyte);
        await using var terminal = await StartAsync($"put f {world.Url("/twice", line)}", 80);
        await terminal.WaitForLineAsync($"^ {Bar}+ ");
        line.Speed = 0;
        await terminal.PressAsync("C-c");
        await terminal.WaitForLineAsync("stopping");
        await terminal.PressAsync("C-c");
        var (code, left) = await EndAsync(terminal);
        Assert.Equal(130, code);
        Assert.Matches($"^(\\^C)*argosy: Stopped. To go on where it stopped, repeat: .* put f {Regex.Escape(world.Url("/twice", line))}$", left);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_line_that_is_lost_is_told_on_a_row_of_its_own()
    {
        await File.WriteAllBytesAsync(_home["f"], Contents.Random(20 * Megabyte, 6));
        var line = world.Line(Megabyte);
        await using var terminal = await StartAsync($"put f {world.Url("/lost", line)}", 80);
        await terminal.WaitForLineAsync($"^ {Bar}+ ");
        await line.DisposeAsync();
        var (code, left) = await EndAsync(terminal);
        Assert.Equal(3, code);
        Assert.Matches("^argosy: .*\nargosy: To go on where it stopped, repeat: ", left);
    }

    [Fact(Timeout = Timeout)]
    public async Task In_the_background_it_leaves_the_terminal_alone()
    {
        await File.WriteAllBytesAsync(_home["f"], Contents.Random(12 * Megabyte, 7));
        await using var line = world.Line(Megabyte);
        var put = $"{ArgosyCommand.Program} put f {world.Url("/background", line)}";
        await using var terminal = await TmuxTerminal.StartAsync(_home, $"set -m\n{put} &\nread go\nfg > /dev/null", 80, world.Login);
        await Poll.UntilAsync(() => line.Bytes > 0.9 * Megabyte, () => $"Only {line.Bytes} bytes came");
        Assert.Empty(await terminal.ScreenAsync());
        await terminal.PressAsync("Enter");
        await terminal.WaitForLineAsync($"^ {Bar}+ ");
        line.Speed = long.MaxValue;
        Assert.Equal((0, "/background  11 MiB"), await EndAsync(terminal));
    }

    [Fact(Timeout = Timeout)]
    public async Task Control_z_makes_it_stand_still_and_leaves_no_line_behind()
    {
        await File.WriteAllBytesAsync(_home["f"], Contents.Random(20 * Megabyte, 8));
        await using var line = world.Line(Megabyte);
        var put = $"{ArgosyCommand.Program} put f {world.Url("/still", line)}";
        await using var terminal = await TmuxTerminal.StartAsync(_home, $"set -m\n{put}\nstty echo\necho stopped\nread go\nfg > /dev/null", 80, world.Login);
        await terminal.WaitForLineAsync($"^ {Bar}+ ");
        await terminal.PressAsync("C-z");
        await terminal.WaitForLineAsync("^stopped$");
        Assert.DoesNotContain(await terminal.ScreenAsync(), row => row.Contains('%', StringComparison.Ordinal));
        await terminal.PressAsync("Enter");
        await terminal.WaitForLineAsync($"^ {Bar}+ ");
        line.Speed = long.MaxValue;
        var (code, left) = await EndAsync(terminal);
        Assert.Equal(0, code);
        Assert.EndsWith("/still  19 MiB", left, StringComparison.Ordinal);
        Assert.DoesNotContain('%', left);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("hash URL", "^ +. +computing sha256 +0:0\\d  /checked$", "^[0-9a-f]{64}  /checked$")]
    [InlineData("put checked URL", "/3.8 MiB  .*comparing", "^/checked  already there$")]
    [InlineData("get URL checked", "/3.8 MiB  .*comparing", "^checked  already there$")]
    public async Task Work_that_moves_no_bytes_is_shown_too(string command, string pattern, string result)
    {
        await File.WriteAllBytesAsync(_home["checked"], Contents.Random(4 * Megabyte, 9));
        await world.StoreAsync(_home["checked"], "/checked");
        await using var line = new CuttingProxy(() => world.Deployment.Server.Address.Port);
        command = command.Replace("URL", world.Deployment.Url("/checked", port: line.Port), StringComparison.Ordinal);
        var all = await ArgosyCommand.RunAsync(_home, command.Split(' '), "", world.Login);
        Assert.Equal((0, ""), (all.ExitCode, all.Error));

        // The last request is that for the server's checksum: it stays under way until the line was seen.
        var position = line.Up - 10;
        line.Reset();
        var halt = line.HaltAt(up: true, position);
        await using var terminal = await StartAsync(command, 80);
        await terminal.WaitForLineAsync(pattern);
        halt.GoOn(cut: false);
        var (code, left) = await EndAsync(terminal);
        Assert.Equal(0, code);
        Assert.Matches(result, left);
    }

    private Task<TmuxTerminal> StartAsync(string command, int width, params (string Name, string Value)[] environment) => TmuxTerminal.StartAsync(
        _home, command.StartsWith("env ", StringComparison.Ordinal) ? command : $"{ArgosyCommand.Program} {command}", width, [world.Login, .. environment]);

    private static async Task<(int Code, string Left)> EndAsync(TmuxTerminal terminal)
    {
        var (code, left) = await terminal.WaitForEndAsync();
        return (code, string.Join('\n', left));
    }

    // The bar needs room; the share is always there.
    private static bool Suits(string row, int width) =>
        Regex.IsMatch(row, @"\d+%") && Regex.IsMatch(row, Bar) == width > 50 && DisplayWidth.Of(row) < width
        && (width < 100 || DisplayWidth.Of(row) > 80) && (width < 40 || row.Contains("left", StringComparison.Ordinal));

    // The line keeps off until the reader of a pipe has taken all and has had one drawing longer to write it. On a machine that is busier than that the
    // two, who do not know of each other, may meet on a row.
    private static void AssertOnlyResults((int Code, string[] Left) end, string place, string word, int damaged = 0)
    {
        Assert.Equal(0, end.Code);
        Assert.InRange(end.Left.Length, 203 - damaged, 203 + damaged);
        Assert.Equal($"200 files {word} (19 MiB)", end.Left[^1]);
        Assert.InRange(end.Left.Count(row => row.EndsWith("  folder", StringComparison.Ordinal)), 2 - damaged, 2);
        Assert.InRange(
            end.Left.Count(row => row.StartsWith($"{place}/sub/", StringComparison.Ordinal) && row.EndsWith("  98 KiB", StringComparison.Ordinal)), 200 - damaged, 200);
    }
}
