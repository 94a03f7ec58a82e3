using System.Globalization;
using Argosy.Wire;

namespace Argosy.Client.Tests.Robustness;

/// <summary>Answers that are no answers: each ends the question with a documented error, and shows nothing that a terminal obeys.</summary>
public sealed class HeaderTests : IDisposable
{
    private const int Timeout = 20_000;
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Broken =>
    [
        """{"id":ID,"id":ID,"status":"ok"}""",
        """{"id":ID,"status":"ok","size":1,"size":2}""",
        """{"id":ID,"status":"ok","size":-1}""",
        """{"id":ID,"status":"ok","size":9223372036854775808}""",
        """{"id":ID,"status":"ok","size":9007199254740993}""",
        """{"id":ID,"status":"ok","size":1e400}""",
        """{"id":ID,"status":"ok","size":1.5}""",
        """{"id":ID,"status":"ok","size":"1"}""",
        """{"id":ID,"status":"ok","size":NaN}""",
        """{"id":ID,"status":"ok","mtime":-9223372036854775809}""",
        """{"id":ID,"status":"ok","mtime":9007199254740993}""",
        """{"id":ID,"status":"ok","mode":4096}""",
        """{"id":ID,"status":"ok","mode":-1}""",
        """{"id":ID,"status":"perhaps"}""",
        """{"id":ID,"status":"continue","type":"file"}""",
        """{"id":ID,"status":"error"}""",
        """{"id":ID,"status":"ok","body":-1}""",
        """{"id":ID,"status":"ok","body":1}""",
        """{"id":ID,"status":"ok","body":"chunked"}""",
        """{"id":ID,"status":"ok","body":"endless"}""",
        """{"id":"ID","status":"ok"}""",
        """{"id":ID.0,"status":"ok"}""",
        """{"status":"ok","type":"file"}""",
        """{"id":null,"status":"ok"}""",
        """{"id":ID,"status":"ok","path":"a\u0000b","type":"file"}""",
        """{"id":ID,"status":"ok","path_b64":"YQBi","type":"file"}""",
        """{"id":ID,"status":"ok","path_b64":"!","type":"file"}""",
        """{"id":ID,"status":"ok","path":"\ud800","type":"file"}""",
        """{"id":ID,"status":"ok","path":"a","path_b64":"YQ==","type":"file"}""",
        """{"id":ID,"status":"ok","type":"file","x":{"x":{"x":{"x":{"x":{"x":{"x":{"x":{}}}}}}}}}""",
        """["id",ID]""",
        "{}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]",
    ];

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Broken))]
    public async Task An_answer_that_is_none_is_not_believed(string header)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            await peer.SendRawAsync(await peer.ReadRequestAsync(), header);
            await peer.StaySilentAsync();
        });
        await using var client = await server.ConnectAsync();
        var error = await Assert.ThrowsAnyAsync<ClientException>(() => client.StatAsync("/f", cancellationToken: Stop));
        Assert.True(error is NotVerifiedException || header.Contains("error", StringComparison.Ordinal), $"{header}: {error.Message}");
        AssertShowable(error);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(1_000, true)]
    [InlineData(60_000, true)]
    [InlineData(1_000_000, false)]
    public async Task A_message_of_any_length_becomes_a_short_one_or_is_refused(int length, bool isTaken)
    {
        const string escapes = @"\u001b[2J\u009b31m\u202e\u2028\r\n\u0007\u007f";
        var text = string.Concat(Enumerable.Repeat(escapes, (length / escapes.Length) + 1))[..(length / escapes.Length * escapes.Length)];
        await using var server = FakeServer.Greeting(async peer =>
        {
            await peer.SendRawAsync(await peer.ReadRequestAsync(), $$"""{"id":ID,"status":"error","error":"{{escapes}}","message":"{{text}}"}""");
            await peer.StaySilentAsync();
        });
        await using var client = await server.ConnectAsync();
        var error = await Assert.ThrowsAnyAsync<ClientException>(() => client.PingAsync(Stop));
        Assert.Equal(isTaken, error is RefusedException);
        AssertShowable(error);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_servers_name_is_short_and_obeyed_by_no_terminal()
    {
        await using var server = new FakeServer(async peer => await peer.SendRawAsync(
            await peer.ReadRequestAsync(), $$"""{"id":ID,"status":"ok","version":1,"server":"\u001b]0;owned\u0007{{new string('x', 3_000)}}"}"""));
        await using var client = await server.ConnectAsync();
        Assert.StartsWith(@"\x1b]0;owned\x07xxx", client.Server, StringComparison.Ordinal);
        Assert.InRange(client.Server.Length, 1, 200);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("""{"id":ID,"status":"ok"}""")]
    [InlineData("""{"id":ID,"status":"ok","hash":""}""")]
    [InlineData("""{"id":ID,"status":"ok","hash":"00"}""")]
    [InlineData("""{"id":ID,"status":"ok","hash":"ZZe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}""")]
    [InlineData("""{"id":ID,"status":"ok","hash":"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"}""")]
    [InlineData("""{"id":ID,"status":"ok","hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85\u001b"}""")]
    public async Task A_checksum_that_is_none_is_not_shown(string header)
    {
        await using var server = FakeServer.Greeting(async peer => await peer.SendRawAsync(await peer.ReadRequestAsync(), header));
        await using var client = await server.ConnectAsync();
        AssertShowable(await Assert.ThrowsAsync<NotVerifiedException>(() => client.HashAsync("/f", cancellationToken: Stop)));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("""{"upload":"../x","path":"/f","received":1,"mtime":0}""")]
    [InlineData("""{"upload":"","path":"/f","received":1,"mtime":0}""")]
    [InlineData("""{"upload":"u\u001b","path":"/f","received":1,"mtime":0}""")]
    [InlineData("""{"upload":"u","path":"/f","received":-1,"mtime":0}""")]
    [InlineData("""{"upload":"u","path":"/f","received":1e400,"mtime":0}""")]
    [InlineData("""{"upload":"u","path":"/f\u0000","received":1,"mtime":0}""")]
    [InlineData("""{"upload":"u","received":1,"mtime":0}""")]
    [InlineData("""{"upload":"u","path":"/f","received":1}""")]
    public async Task An_upload_that_is_none_makes_the_listing_invalid(string line)
    {
        await using var server = FakeServer.Greeting(async peer => await peer.SendLinesAsync(await peer.ReadRequestAsync(), line + "\n"));
        await using var client = await server.ConnectAsync();
        AssertShowable(await Assert.ThrowsAsync<NotVerifiedException>(() => client.ListUploadsAsync(Stop).ToListAsync(Stop).AsTask()));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(0)]
    public async Task A_reply_with_the_id_of_another_question_ends_the_session(long shift)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var first = await peer.ReadRequestAsync();
            // With 0 the first is answered twice.
            await peer.SendAsync(new Reply { Id = first.Id + (shift == 0 ? 0 : shift) });
            await peer.SendAsync(new Reply { Id = first.Id });
            await peer.StaySilentAsync();
        });
        await using var client = await server.ConnectAsync();
        if (shift == 0)
            await client.PingAsync(Stop);
        else
            await Assert.ThrowsAsync<NotVerifiedException>(() => client.PingAsync(Stop));
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.PingAsync(Stop));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(-9007199254740992, 1684)]
    [InlineData(9007199254740992, 2255)]
    public async Task The_farthest_times_that_can_be_said_are_kept(long microseconds, int year)
    {
        var content = "text"u8.ToArray();
        await using var server = FakeServer.Greeting(async peer =>
        {
            var get = await peer.ReadRequestAsync();
            await peer.SendAsync(new Reply { Id = get.Id, Size = 4, MTime = microseconds, Body = Body.Exact(4), Crc32C = Crc32C.Of(content) });
            await peer.SendAsync(content);
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal(year, (await client.GetAsync("/f", _folder["f"], cancellationToken: Stop)).Modified.Year);
        Assert.Equal("text", await File.ReadAllTextAsync(_folder["f"], Stop));
    }

    private static void AssertShowable(ClientException error)
    {
        Assert.DoesNotContain(error.Message, character => char.IsControl(character)
            || char.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
        Assert.InRange(error.Message.Length, 1, 8_000);
    }
}
