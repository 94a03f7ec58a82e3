namespace Argosy.Client.Tests.Robustness;

/// <summary>
/// Honest conversations with something changed at random, from fixed seeds. Whatever comes, the client ends with the right result or with an error
/// that it documents, at once and without an echo of control characters.
/// </summary>
public sealed class MutationTests
{
    private const int Timeout = 60_000;
    private const int Rounds = 40;

    // The tests' own limit for one conversation; the silence that would end it otherwise is longer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly string[] Extremes =
    [
        "-1", "0", "1", "4096", "9007199254740992", "9007199254740993", "9223372036854775808", "1e400", "-0", "1.5", "null", "true", "\"\"", "\"x\"", "{}", "[]", "\"chunked\"",
        "\"../../x\"", "\"\\u0000\"", "\"\\u001b[2J\"", "\"error\"", "\"continue\"",
    ];

    public static TheoryData<string> Names => [.. Conversation.All.Select(conversation => conversation.Name)];

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Names))]
    public async Task An_honest_answer_leads_to_the_right_result(string name)
    {
        var conversation = Find(name);
        Assert.Equal(conversation.Right, await AskAsync(conversation, id => conversation.Say(id)));
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Names))]
    public async Task Bytes_that_change_on_the_way_never_lead_to_a_wrong_result(string name)
    {
        var conversation = Find(name);
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var result = await TryAsync(conversation, id => Mutate(conversation.Say(id), random), seed);
            Assert.True(result is null || result == conversation.Right, $"{name}, seed {seed}: {result}");
        }
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Names))]
    public async Task Values_that_a_server_makes_up_and_seals_end_in_a_result_or_a_documented_error(string name)
    {
        var conversation = Find(name);
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(1000 + seed);
            await TryAsync(conversation, id => conversation.Say(id, header => Spoil(header, random)), seed);
        }
    }

    private static Conversation Find(string name) => Conversation.All.Single(conversation => conversation.Name == name);

    private static async Task<string?> TryAsync(Conversation conversation, Func<long?, byte[]> say, int seed)
    {
        try
        {
            return await AskAsync(conversation, say);
        }
        catch (ClientException error)
        {
            Assert.False(error.Message.Any(char.IsControl) || error.Message.Length == 0, $"{conversation.Name}, seed {seed}: {error.Message}");
            return null;
        }
        catch (Exception other) when (other is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{conversation.Name}, seed {seed}", other);
        }
    }

    private static async Task<string> AskAsync(Conversation conversation, Func<long?, byte[]> say)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var request = await peer.ReadRequestAsync();
            if (!request.Body.IsNone)
                await peer.ReadBodyAsync();
            await peer.SendAsync(say(request.Id));
        });
        await using var client = await server.ConnectAsync(new ClientOptions { SilenceTimeout = 2 * Patience });
        return await conversation.Ask(client).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>One to three of: a bit flipped, a byte changed, some left out, some doubled, the rest cut off.</summary>
    private static byte[] Mutate(byte[] bytes, Random random)
    {
        for (var times = random.Next(1, 4); times > 0 && bytes.Length > 1; times--)
        {
            var at = random.Next(bytes.Length);
            var length = random.Next(1, Math.Min(40, bytes.Length - at) + 1);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = [.. bytes[..at], .. bytes[(at + length)..]];
                    break;
                case 3:
                    bytes = [.. bytes[..(at + length)], .. bytes[at..]];
                    break;
                default:
                    bytes = bytes[..at];
                    break;
            }
        }

        return bytes;
    }

    /// <summary>One value replaced by an extreme one, a member doubled or left out, or characters changed.</summary>
    private static string Spoil(string header, Random random)
    {
        var members = header[1..^1].Split(',');
        var at = random.Next(members.Length);
        switch (random.Next(4))
        {
            case 0:
                members = [.. members, members[at]];
                break;
            case 1:
                members = [.. members[..at], .. members[(at + 1)..]];
                break;
            case 2:
                var text = header.ToCharArray();
                text[random.Next(text.Length)] = (char)random.Next(1, 128);
                return new string(text);
            default:
                members[at] = $"{members[at].Split(':')[0]}:{Extremes[random.Next(Extremes.Length)]}";
                break;
        }

        return $"{{{string.Join(',', members)}}}";
    }
}
