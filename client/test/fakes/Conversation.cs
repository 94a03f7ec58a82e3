using System.Text;
using Argosy.Wire;

namespace Argosy.Client.Tests;

/// <summary>A question to a server and an honest answer to it, in pieces that can be spoilt one by one.</summary>
/// <param name="Name">The command.</param>
/// <param name="Ask">Asks; what comes back as text.</param>
/// <param name="Right">The text that an honest server leads to.</param>
/// <param name="Answer">The answer: headers as text, in which ID stands for the request's id, and bytes as they are.</param>
internal sealed record Conversation(string Name, Func<FileClient, Task<string>> Ask, string Right, params object[] Answer)
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("what a file holds, ", 20)));
    private static readonly string Lines =
        """{"name":"a","type":"file","size":1,"mtime":5,"mode":420}""" + "\n" + """{"name_b64":"/w==","type":"link","target":"a"}""" + "\n";

    private static readonly string Uploads = """{"upload":"u1","path":"/f","size":9,"received":4,"mtime":5}""" + "\n";

    private static readonly string Text = Encoding.UTF8.GetString(Content);

    public static IReadOnlyList<Conversation> All { get; } =
    [
        new("ping", async client =>
        {
            await client.PingAsync();
            return "pong";
        }, "pong", """{"id":ID,"status":"ok"}"""),
        new("stat", async client => Show(await client.StatAsync("/f")), "/f File 12 5 a",
            """{"id":ID,"status":"ok","type":"file","size":12,"mtime":5,"mode":420,"revision":"a","path":"/f"}"""),
        new("stat of nothing", async client => Show(await client.StatAsync("/f")), "none",
            """{"id":ID,"status":"error","error":"not-found","message":"No such file"}"""),
        new("ls", async client => string.Join(", ", await client.ListAsync("/").Select(Show).ToListAsync()), "a File 1 5 , \\xff Link 0 0 ",
            """{"id":ID,"status":"ok","body":"chunked"}""", Chunk(Lines), Sum("""{"id":ID,"count":2}""", Lines)),
        new("uploads", async client => string.Join(", ", await client.ListUploadsAsync().ToListAsync()),
            new UnfinishedUpload("u1", "/f", 4, 9, Times.FromWire(5)!.Value).ToString(),
            """{"id":ID,"status":"ok","body":"chunked"}""", Chunk(Uploads), Sum("""{"id":ID,"count":1}""", Uploads)),
        new("hash", client => client.HashAsync("/f", HashAlgorithm.Crc32C), "0123abcd", """{"id":ID,"status":"ok","hash":"0123abcd","size":12}"""),
        new("quota", async client => (await client.QuotaAsync()).ToString(), new Quota(1, 2, 3, null).ToString(),
            """{"id":ID,"status":"ok","bytes":1,"files":2,"bytes_limit":3}"""),
        new("get", GetAsync, Text, Sum($$"""{"id":ID,"status":"ok","size":{{Content.Length}},"mtime":5,"mode":420,"body":{{Content.Length}}}""", Text), Content),
        new("get in chunks", GetAsync, Text, $$"""{"id":ID,"status":"ok","size":{{Content.Length}},"mtime":5,"body":"chunked"}""",
            Chunk(Text[..100]), Chunk(Text[100..]), Sum("""{"id":ID}""", Text)),
        new("put", async client => (await client.PutAsync(Content, "/f")).Size.ToString(), $"{Content.Length}",
            $$"""{"id":ID,"status":"ok","path":"/f","size":{{Content.Length}},"mtime":5}"""),
    ];

    /// <summary>The answer's bytes.</summary>
    /// <param name="id">The request's.</param>
    /// <param name="spoil">Changes a header before it is sealed.</param>
    public byte[] Say(long? id, Func<string, string>? spoil = null)
    {
        var said = new List<byte>();
        var isAfterChunk = false;
        foreach (var piece in Answer)
        {
            if (piece is string header)
            {
                // A trailer stands behind the length that ends the chunks.
                said.AddRange(isAfterChunk ? new byte[4] : []);
                header = header.Replace("ID", $"{id}", StringComparison.Ordinal);
                said.AddRange(Scripts.Seal(spoil is null ? header : spoil(header)));
            }
            else
            {
                said.AddRange((byte[])piece);
                isAfterChunk = true;
            }
        }

        return [.. said];
    }

    private static async Task<string> GetAsync(FileClient client)
    {
        using var sink = new MemoryStream();
        await client.GetAsync("/f", sink);
        return Encoding.UTF8.GetString(sink.ToArray());
    }

    private static string Show(RemoteEntry? entry) => entry is null
        ? "none"
        : $"{entry.Name} {entry.Kind} {entry.Size} {Times.ToWire(entry.Modified)} {entry.Revision}";

    private static byte[] Chunk(string text) => [.. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static string Sum(string header, string text) => $"{header[..^1]},\"crc32c\":\"{Crc32C.Of(Encoding.UTF8.GetBytes(text)):x8}\"}}";
}
