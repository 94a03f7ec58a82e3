using System.Text;
using System.Text.Json;
using Argosy.Wire;

namespace Argosy.Client.Tests;

/// <summary>What a hostile server says that its folders hold: any lines at all. Every file tells its own path.</summary>
internal sealed class FakeTree
{
    private readonly Dictionary<string, string[]> _folders = [];

    /// <summary>The lines of a folder.</summary>
    public string[] this[string folder]
    {
        set => _folders[folder] = value;
    }

    /// <summary>What <c>stat</c> says instead of the path.</summary>
    public string? StatPath { get; init; }

    /// <summary>Every file's permission bits.</summary>
    public int Mode { get; init; } = 0x1a4;

    /// <summary>A line that says whatever it is given; sizes are right only for files whose path is <c>/NAME</c>.</summary>
    public static string Entry(string name, string type, string? target = null) =>
        $$"""{"name":{{JsonSerializer.Serialize(name)}},"type":"{{type}}","size":1,"mtime":0,"target":{{JsonSerializer.Serialize(target ?? "")}}}""" + "\n";

    public FakeServer Open() => FakeServer.Greeting(async peer =>
    {
        while (true)
            await AnswerAsync(peer, await peer.ReadRequestAsync());
    });

    private async Task AnswerAsync(FakePeer peer, Request request)
    {
        var path = Encoding.UTF8.GetString(request.Path ?? []);
        var content = Encoding.UTF8.GetBytes($"content of {path}");
        switch (request.Command)
        {
            case "stat" when path.Contains('*', StringComparison.Ordinal):
                await peer.SendAsync(Reply.Refusal(request.Id, WireError.NotFound, "No such file"));
                break;
            case "stat":
                await peer.SendAsync(new Reply
                {
                    Id = request.Id,
                    Type = _folders.ContainsKey(path) ? EntryType.Folder : EntryType.File,
                    Size = content.Length,
                    MTime = 0,
                    Path = StatPath is null ? null : Encoding.UTF8.GetBytes(StatPath),
                });
                break;
            case "ls":
                await peer.SendLinesAsync(request, string.Concat(_folders.GetValueOrDefault(path) ?? []));
                break;
            case "hash":
                await peer.SendAsync(new Reply { Id = request.Id, Hash = "00000000" });
                break;
            default:
                await peer.SendAsync(new Reply
                {
                    Id = request.Id,
                    Size = content.Length,
                    MTime = 0,
                    Mode = Mode,
                    Body = Body.Exact(content.Length),
                    Crc32C = Crc32C.Of(content),
                });
                await peer.SendAsync(content);
                break;
        }
    }
}
