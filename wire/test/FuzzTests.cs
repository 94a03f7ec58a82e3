using System.Text;

namespace Argosy.Wire.Tests;

/// <summary>Hostile bytes, from fixed seeds: whatever comes, the answer is a value or a <see cref="WireException"/>, at a
/// bounded price.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud83d", "\\u0000", "null", "true", "-", "0", "1e9", "9007199254740993", "\"cmd\"", "\"put\"", "\"body\"", "\"chunked\"", "\"path\"",
        "\"path_b64\"", "\"YQ==\"", "\"size\"", "\"filesize\"", "\"id\"", "\"sum\"", "\"mechanisms\"", "\"status\"", "\"ok\"", "\"type\"", "\"name\"", "é", "\u0001", " ", "\"crc32c\"", "\"deadbeef\"", "\"upload\"",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_bytes_end_in_a_frame_error(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 5_000; round++)
        {
            var stream = new byte[random.Next(1, 200)];
            random.NextBytes(stream);
            if (round % 2 == 0 && stream.Length > 3)
                stream[1] = stream[2] = stream[3] = 0;
            AssertOnlyWireErrors(stream, random);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Well_formed_streams_with_wrong_bytes_end_in_a_frame_error(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 3_000; round++)
        {
            var stream = Streams.Any(random, seal: round % 2 == 0);
            for (var flips = random.Next(1, 4); flips > 0; flips--)
                stream[random.Next(stream.Length)] = (byte)random.Next(256);
            AssertOnlyWireErrors(stream, random);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Headers_made_of_the_grammars_own_pieces_end_in_a_frame_error(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 10_000; round++)
        {
            var header = new StringBuilder("{");
            for (var pieces = random.Next(1, 20); pieces > 0; pieces--)
                header.Append(Pieces[random.Next(Pieces.Length)]).Append(random.Next(4) == 0 ? ":" : "");
            AssertOnlyWireErrors(Bytes.Frame(header.Append('}').ToString()), random);
        }
    }

    [Theory]
    [InlineData(7)]
    public void Members_of_any_type_end_in_a_value_or_a_frame_error(int seed)
    {
        var random = new Random(seed);
        string[] keys = [.. Enum.GetValues<Field>().Where(field => field != Field.Unknown).Select(field => field.Name())];
        string[] values = ["null", "true", "1", "-1", "9007199254740992", "\"\"", "\"a\"", "\"put\"", "\"chunked\"", "\"\\u0000\"", "\"YQ==\"", "[]", "[1]", "[\"a\"]", "{}", "{\"a\":{}}", "\"deadbeef\""];
        for (var round = 0; round < 20_000; round++)
        {
            random.Shuffle(keys);
            var members = keys.Take(random.Next(1, 8)).Select(key => $"\"{key}\":{values[random.Next(values.Length)]}");
            AssertOnlyWireErrors(Bytes.Frame($"{{{string.Join(',', members)}}}"), random);
        }
    }

    [Theory]
    [InlineData(8)]
    public void Listings_of_anything_end_in_a_frame_error(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 10_000; round++)
        {
            var line = Encoding.UTF8.GetBytes("{" + string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => Pieces[random.Next(Pieces.Length)])) + "}\n");
            AssertOnlyWireErrors(() => new ListDecoder().Read(line, out _));
        }
    }

    [Theory]
    [InlineData(9)]
    public void Login_messages_of_anything_end_in_a_wire_error(int seed)
    {
        var random = new Random(seed);
        var account = ScramAccount.Of("pw");
        string[] pieces = ["n", "y", "p=tls-server-end-point", ",", ",,", "n=a", "r=", "r=b", "a=a", "m=x", "=", "c=biws", "p=AAAA", "s=AQI=", "i=4096", "i=99999999", "v=AAAA", "\0", "é", "\ud800", "=2C", "z=1"];
        for (var round = 0; round < 20_000; round++)
        {
            var message = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)] + (random.Next(2) == 0 ? "," : "")));
            AssertOnlyWireErrors(() => new ScramServer(random.Next(2) == 0 ? [1] : null).Start(random.Next(2) == 0 ? ScramMechanism.Plus : ScramMechanism.Plain, message));
            AssertOnlyWireErrors(() => new ScramClient("a", "b", nonce: "b").Final(message));
            var server = new ScramServer();
            server.Start(ScramMechanism.Plain, "n,,n=a,r=b");
            account.Challenge(server);
            AssertOnlyWireErrors(() => server.Finish(message));
        }
    }

    /// <summary>The worst headers of 64 KiB: many keys, many strings, deep nests, one long text. Decoding text doubles it
    /// (UTF-16); nothing else may weigh.</summary>
    [Fact]
    public void No_header_allocates_much_more_than_its_own_size()
    {
        string[] headers =
        [
            "{" + string.Join(',', Enumerable.Range(0, 6_000).Select(i => $"\"k{i}\":1")) + "}",
            "{\"x\":[" + string.Join(',', Enumerable.Repeat("{\"a\":1}", 8_000)) + "]}",
            "{\"x\":" + new string('[', 60_000),
            "{\"x\":[" + string.Join(',', Enumerable.Repeat("[]", 20_000)) + "]}",
            "{\"x\":\"" + string.Concat(Enumerable.Repeat("\\u00e9", 10_000)) + "\"}",
            "{\"" + string.Concat(Enumerable.Repeat("\\u00e9", 10_000)) + "\":1}",
            "{\"cmd\":\"" + new string('x', 65_000) + "\"}",
            "{\"path\":\"" + new string('x', 65_000) + "\"}",
            "{\"path_b64\":\"" + new string('A', 65_000) + "\"}",
            "{\"upload\":\"" + new string('A', 65_000) + "\"}",
            "{\"mechanisms\":[" + string.Join(',', Enumerable.Repeat("\"\"", 20_000)) + "]}",
        ];
        foreach (var header in headers)
        {
            var frame = Bytes.Frame(header);
            Assert.InRange(frame.Length, 40_000, 4 + Limits.Header);
            foreach (var decode in (Action[])[() => Decode<Request>(frame), () => Decode<Reply>(frame)])
            {
                decode(); // the first run pays for what is set up once
                var before = GC.GetAllocatedBytesForCurrentThread();
                decode();
                var price = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(price < 3 * Limits.Header, $"{price} bytes for {header[..20]}");
            }
        }

        static void Decode<T>(byte[] frame)
            where T : class, IMessage<T> => AssertOnlyWireErrors(() => new FrameDecoder<T>(SealMode.Undecided, Limits.Header).Read(frame, out _));
    }

    private static void AssertOnlyWireErrors(byte[] stream, Random random)
    {
        var pieces = random.Next(1, 50);
        Transcript.Of(new FrameDecoder<Request>(SealMode.Undecided, Limits.Header), stream, () => pieces);
        Transcript.Of(new FrameDecoder<Reply>(SealMode.Undecided, Limits.Header), stream, () => pieces);
    }

    private static void AssertOnlyWireErrors(Func<object?> step)
    {
        try
        {
            step();
        }
        catch (WireException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
    }
}
