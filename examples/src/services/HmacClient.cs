using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>Says one line to HmacServer.cs and prints the answer. It believes no server that cannot prove the key either.</summary>
internal static class HmacClient
{
    public static async Task Main(string[] args)
    {
        if (args is not [var address, "--key", var file, .. var words]) throw new ArgumentException("ADDRESS, --key FILE and a text are needed.");
        var limit = Deadline.After(TimeSpan.FromSeconds(5));
        await using var connection = await StreamClient.ConnectAsync(IPEndPoint.Parse(address), limit);
        await connection.ChallengeAsClientAsync(await File.ReadAllBytesAsync(file), limit);

        using var lines = new FramedConnection(connection, new LineFraming(1024));
        await lines.WriteAsync(Encoding.UTF8.GetBytes(string.Join(' ', words)));
        if (await lines.ReadAsync() is { } answer) Console.WriteLine(Encoding.UTF8.GetString(answer.Span));
    }
}
