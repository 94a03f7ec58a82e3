using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

/// <summary>Clients of the small server program.</summary>
internal static class Asking
{
    /// <summary>One connection: a letter, and the answer to its orderly end.</summary>
    public static async Task<string> AskAsync(EndPoint address, string letter)
    {
        await using var client = await TestClient.ConnectAsync(address, WireOf(address));
        await client.SendAsync(letter);
        return await client.ReceiveTextToEndAsync();
    }

    public static async Task<TestClient> HoldAsync(EndPoint address, int process)
    {
        var client = await TestClient.ConnectAsync(address, WireOf(address));
        await client.SendAsync("h");
        Assert.Equal($"{process}", await client.ReceiveTextAsync($"{process}".Length));
        return client;
    }

    public static string WireOf(EndPoint address) => address is UnixDomainSocketEndPoint ? "unix" : "tcp4";

    public static string NewPath(string what) => Path.Combine(Path.GetTempPath(), $"argosy-{what}-{Guid.NewGuid():N}");
}
