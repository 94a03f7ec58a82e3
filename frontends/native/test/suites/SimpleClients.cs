using System.Net.Sockets;
using System.Security.Cryptography;
using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 6: a length, a header and the bytes are enough.</summary>
public sealed class SimpleClients : ProtocolTest
{
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(300_000);

    [Theory]
    [EverySetup("\"cmd\":\"put\",\"path\":\"f\",\"size\":300000")]
    [EverySetup("\"cmd\":\"put\",\"path\":\"f\",\"body\":300000")]
    [EverySetup("\"filename\":\"f\",\"filesize\":300000")]
    [EverySetup("\"file_name\":\"f\",\"file_size\":300000")]
    [EverySetup("\"file_size\":300000,\"filename\":\"/f\"")]
    [EverySetup("\"path\":\"./f\",\"size\":300000")]
    public async Task Many_words_mean_put(string header)
    {
        Start(anonymous: AnonymousAccess.ReadWrite);
        WireClient client = await ConnectAsync();

        Answer answer = await client.AskAsync($$"""{{{header}},"md5":"{{Convert.ToHexStringLower(MD5.HashData(_content))}}"}""", _content);

        Assert.True(answer.IsOk);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(World.Root, "f")));
    }

    [Theory]
    [EverySetup]
    public async Task A_wrong_md5_publishes_nothing()
    {
        Start(anonymous: AnonymousAccess.ReadWrite);
        WireClient client = await ConnectAsync();

        Answer answer = await client.AskAsync(
            $$"""{"filename":"f","filesize":300000,"md5":"{{Convert.ToHexStringLower(MD5.HashData([]))}}"}""", _content);

        Assert.Equal(WireError.Mismatch, answer.Error);
        Assert.False(File.Exists(Path.Combine(World.Root, "f")));
    }

    [Theory]
    [EverySetup]
    public async Task A_folder_part_means_folders_of_the_home_which_must_exist()
    {
        Start(anonymous: AnonymousAccess.ReadWrite);
        Directory.CreateDirectory(Path.Combine(World.Root, "folder"));
        WireClient client = await ConnectAsync();

        Assert.True((await client.AskAsync("""{"filename":"/folder/f","filesize":300000}""", _content)).IsOk);
        Assert.Equal(WireError.NotFound, (await client.AskAsync("""{"filename":"missing/f","filesize":300000}""", _content)).Error);
        Assert.True(File.Exists(Path.Combine(World.Root, "folder", "f")));
    }

    [Theory]
    [EverySetup]
    public async Task Ten_clients_that_never_read_each_upload_three_files()
    {
        Start(anonymous: AnonymousAccess.ReadWrite);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() => SendThree(i))));

        // The last answers are not read, so that the files themselves have to be waited for.
        string[] expected = [.. Enumerable.Range(0, 10).SelectMany(i => Enumerable.Range(0, 3).Select(j => $"f{i}-{j}"))];
        for (DateTime limit = DateTime.UtcNow.AddSeconds(10); !expected.All(name => File.Exists(Path.Combine(World.Root, name)));)
        {
            Assert.True(DateTime.UtcNow < limit, $"{Directory.GetFiles(World.Root).Length} of 30 files came");
            await Task.Delay(20);
        }

        foreach (string name in expected)
            Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(World.Root, name)));
    }

    private void SendThree(int client)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(Server.EndPoint);
        for (int file = 0; file < 3; file++)
        {
            socket.Send(Frame.Of($$"""{"filename":"f{{client}}-{{file}}","filesize":{{_content.Length}}}"""));
            for (int sent = 0; sent < _content.Length;)
                sent += socket.Send(_content.AsSpan(sent));
        }
    }
}
