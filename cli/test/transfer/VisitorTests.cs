using System.Text.Json;
using Argosy.Files;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>What visitors read who may not do what they try.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed class VisitorTests
{
    [Fact(Timeout = 60_000)]
    public async Task Visitors_who_may_only_read_are_told_to_log_in()
    {
        await using var world = new TransferWorld(AnonymousAccess.ReadOnly);
        var file = world.Write("f", "content");
        Assert.Equal((1, "", "argosy: /f: visitors may not write there; log in as argosy://NAME@127.0.0.1/\n"), await TransferWorld.RunAsync("put", file, world.Url("/", null)));
        Assert.Equal((1, "", "argosy: /d: visitors may not make folders there; log in as argosy://NAME@127.0.0.1/\n"), await TransferWorld.RunAsync("mkdir", world.Url("/d", null)));
        var (_, output, _) = await TransferWorld.RunAsync("rm", "--json", world.Url("/x", null));
        Assert.Equal("not-found", JsonDocument.Parse(output).RootElement.GetProperty("error").GetString());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/")]
    [InlineData("/new")]
    public async Task A_folder_for_a_drop_box_is_told_that_only_files_go_in(string place)
    {
        await using var world = new TransferWorld(AnonymousAccess.Drop);
        Directory.CreateDirectory(world["docs"]);
        world.Write("docs/f", "content");
        var (code, _, error) = await TransferWorld.RunAsync("put", "-r", world["docs"], world.Url(place, null));
        Assert.Equal(1, code);
        Assert.EndsWith(": this account may leave files here, but not folders. Put the files one by one, without -r.\n", error, StringComparison.Ordinal);
        Assert.Equal(0, (await TransferWorld.RunAsync("put", world["docs/f"], world.Url("/", null))).Code);
    }
}
