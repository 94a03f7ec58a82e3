using System.Text;
using Argosy.Client;

namespace Argosy.Cli.Tests;

/// <summary>Names on the command line that are no UTF-8.</summary>
public sealed class ArgumentBytesTests
{
    private static readonly byte[] Latin = [.. "caf"u8, 0xe9, .. ".txt"u8];

    [Fact]
    public void Bytes_that_the_runtime_has_lost_come_back()
    {
        string[] words = ["put", Encoding.UTF8.GetString(Latin), "größe"];
        byte[] line = [.. "argosy\0put\0"u8, .. Latin, 0, .. "größe\0"u8];
        var restored = ArgumentBytes.Restore(words, line);
        Assert.Equal(["put", "caf\udce9.txt", "größe"], restored);
        Assert.Equal(Latin, ByteText.ToBytes(restored[1]));
    }

    [Fact]
    public void Words_that_are_not_those_of_the_process_stay()
    {
        string[] words = ["get", "\ufffd"];
        Assert.Same(words, ArgumentBytes.Restore(words, "argosy\0put\0x\0"u8));
    }

    [Fact]
    public async Task Such_a_name_reaches_a_message_as_its_bytes()
    {
        using var home = new TempFolder();
        var result = await ArgosyCommand.RunProgramAsync(
            home, "/bin/sh", ["-c", $"name=$(printf 'd\\351'); mkdir \"$name\"; {ArgosyCommand.Program} put \"$name\" argosy+plain://127.0.0.1:1/; code=$?; rmdir \"$name\"; exit $code"]);
        Assert.Equal((2, "argosy: d\\xe9: is a folder; add -r to upload it with all that is in it\n"), (result.ExitCode, result.Error));
    }
}
