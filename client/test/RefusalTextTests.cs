using Argosy.Wire;

namespace Argosy.Client.Tests;

/// <summary>What a refusal is told as.</summary>
public sealed class RefusalTextTests
{
    [Theory]
    [InlineData("The disk failed. ", "The disk failed. Ask the server's operator to look at its disk.")]
    [InlineData("", "Ask the server's operator to look at its disk.")]
    [InlineData("The home cannot be opened; ask the operator to look at it. ", "The home cannot be opened; ask the operator to look at it.")]
    public void Whom_to_ask_about_a_disk_is_said_once(string said, string told) =>
        Assert.Equal(told, RefusalText.Of(WireError.Storage, "storage", asked: null, said));
}
