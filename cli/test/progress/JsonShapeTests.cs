using System.Text.Json;
using System.Text.RegularExpressions;
using Argosy.Cli.Tests.Spine;
using Argosy.Cli.Tests.Transfer;

namespace Argosy.Cli.Tests.Progressing;

/// <summary>What <c>--json</c> gives is what <c>docs/transfers.md</c> says, object by object.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed partial class JsonShapeTests : IAsyncDisposable
{
    private readonly TransferWorld _world = new();
    private readonly SortedSet<string> _seen = new(StringComparer.Ordinal);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Every_object_is_documented_and_every_documented_object_exists()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(SourceTree.Repository, "docs", "transfers.md"));
        var documented = new SortedSet<string>(
            JsonBlock().Matches(page).SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(Shape), StringComparer.Ordinal);

        var file = _world.Write("report.pdf", "content");
        await RunAsync(0, "put", file, Url("/"));
        await RunAsync(0, "put", file, Url("/"));
        await RunAsync(0, "put", "--no-clobber", file, Url("/"));
        await RunAsync(0, "get", Url("/report.pdf"), _world["got"]);
        await RunAsync(0, "get", Url("/report.pdf"), _world["got"]);
        await RunAsync(0, "get", "--no-clobber", Url("/report.pdf"), _world["got"]);
        Directory.CreateDirectory(_world["photos"]);
        _world.Write("photos/a.jpg", "a");
        File.CreateSymbolicLink(_world["photos/b.jpg"], "a.jpg");
        await RunAsync(0, "put", "-r", _world["photos"], Url("/"));
        await RunAsync(0, "put", "-r", "--links", _world["photos"], Url("/"));
        await RunAsync(0, "put", "-r", "--no-clobber", _world["photos"], Url("/"));
        await RunAsync(0, "get", "-r", Url("/photos"), _world["back"]);
        await RunAsync(0, "get", "-r", "--links", Url("/photos"), _world["more"]);
        await RunAsync(0, "ls", Url("/"));
        await RunAsync(0, "ls", Url("/photos"));
        await RunAsync(0, "stat", Url("/report.pdf"));
        await RunAsync(0, "stat", Url("/photos/b.jpg"));
        await RunAsync(0, "hash", Url("/report.pdf"));
        await RunAsync(0, "mkdir", Url("/new"));
        await RunAsync(0, "mv", Url("/report.pdf"), "final.pdf");
        await RunAsync(0, "rm", Url("/final.pdf"));
        await RunAsync(1, "rm", Url("/final.pdf"));
        await RunAsync(1, "put", file, file, Url("/"));
        await RunAsync(3, "ls", "argosy://127.0.0.1:1/");
        await CutUploadAsync();
        await RunAsync(0, "uploads", Url("/"));
        Assert.Equal(documented, _seen);
    }

    private string Url(string path) => _world.Url(path);

    private async Task CutUploadAsync()
    {
        await File.WriteAllBytesAsync(_world["big.iso"], Contents.Random(8_000_000));
        await using var line = new CuttingProxy(() => new Uri(Url("/")).Port);
        var halt = line.HaltAt(up: true, 4_000_000);
        var put = TransferWorld.RunAsync("put", _world["big.iso"], $"argosy+plain://alex@127.0.0.1:{line.Port}/big.iso");
        await halt.Reached;
        halt.GoOn(cut: true);
        Assert.InRange((await put).Code, 3, 4);
    }

    private async Task RunAsync(int expected, params string[] words)
    {
        var (code, output, error) = await TransferWorld.RunAsync([words[0], "--json", .. words[1..]]);
        Assert.True(code == expected, $"{string.Join(' ', words)}: {output}{error}");
        Assert.NotEqual("", output);
        _seen.UnionWith(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Shape));
    }

    // Names in their order and what kind of value each has; what scripts decide by is compared itself.
    private static string Shape(string line) => string.Join(' ', JsonDocument.Parse(line).RootElement.EnumerateObject().Select(member =>
        $"{member.Name}:{(member.Name is "result" or "type" ? member.Value.GetString() : Kind(member.Value))}"));

    private static string Kind(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : value.ValueKind.ToString();

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
