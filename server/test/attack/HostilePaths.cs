using System.Text;

namespace Argosy.Server.Tests.Attack;

/// <summary>Paths that attackers say, from a fixed seed: whatever has led out of some server once, alone and put together.</summary>
internal static class HostilePaths
{
    /// <summary>The links of the home that is attacked, as a friend with a shell makes them. All that they reach is in the test's own folder.</summary>
    public static IReadOnlyList<(string Name, string Target)> Links(string outside) =>
    [
        ("to-file", "d/f"), ("to-folder", "d"), ("to-itself", "to-itself"), ("round", "about"), ("about", "round"), ("dangling", "nowhere"),
        ("out", outside), ("out-slash", outside + "/"), ("out-relative", "../../outside"), ("out-file", outside + "/secret"), ("up", ".."),
        ("out-process", "/proc/self/root" + outside), ("out-working", "/proc/self/cwd/../../../../../../../.." + outside),
        ("d/out", "../../../outside"), ("d/through", "../to-folder/out"), ("chain", "d/through"), ("out-dangling", outside + "/made"),
    ];

    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "..", "..", "..", ".", "", "d", "f", "to-file", "to-folder", "to-itself", "round", "dangling", "out", "out-slash", "out-relative", "out-file", "up",
            "out-process", "out-working", "d/out", "d/through", "chain", "out-dangling", "secret", "new", "sub", "outside", "bob", "data", "accounts.json",
            ".argosy-staging", ".argosy-staging/lock", ".argosy-staging.1", "%2e%2e", "..%2f", "..\\", "...", ".. ", " ..", " ", ".\t.", "\n", "~", "*", "-rf",
            "．．", "\u202e..", "$(x)", "CON", "d.", "a\0b", "..\0", "\0",
        }.Select(Encoding.UTF8.GetBytes),
        [0xc0, 0xae, 0xc0, 0xae], // ".." in more bytes than UTF-8 allows
        [0xe0, 0x80, 0xae, 0x2e],
        [0xd6, 0xd0, 0xce, 0xc4], // GB18030
        [0x81, 0x30, 0x81, 0x2f], // whose last byte is a slash
        [0xff, 0xfe], [0xed, 0xa0, 0x80], [0x80],
        Long(255), Long(256), Long(4_096), Long(20_000),
    ];

    /// <summary>As many paths; the first ones are each piece by itself.</summary>
    public static IEnumerable<byte[]> Make(int count, string outside)
    {
        var random = new Random(7_373);
        byte[][] starts = [[], [], [], "/"u8.ToArray(), "//"u8.ToArray(), Encoding.UTF8.GetBytes(outside + "/"), Encoding.UTF8.GetBytes("/proc/self/root" + outside + "/")];
        byte[][] ends = [[], [], [], "/"u8.ToArray(), "/."u8.ToArray(), "/.."u8.ToArray(), "//"u8.ToArray()];
        foreach (var piece in Pieces.Take(count)) yield return piece;
        for (var i = Pieces.Length; i < count; i++)
        {
            var path = new List<byte>(Any(starts));
            for (var pieces = random.Next(1, 6); pieces > 0; pieces--)
            {
                path.AddRange(Any(Pieces));
                if (pieces > 1) path.AddRange(random.Next(6) == 0 ? "//"u8 : "/"u8);
            }

            path.AddRange(Any(ends));
            yield return [.. path];
        }

        byte[] Any(byte[][] of) => of[random.Next(of.Length)];
    }

    private static byte[] Long(int length) => [.. Enumerable.Repeat((byte)'n', length)];
}
