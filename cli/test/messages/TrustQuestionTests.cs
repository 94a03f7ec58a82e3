using Argosy.Cli.Messages;
using Argosy.Client;

namespace Argosy.Cli.Tests.Messages;

/// <summary>What is asked about an unknown key.</summary>
public sealed class TrustQuestionTests
{
    [Theory]
    [InlineData(true, "Trust this key from now on? [y/N] ")]
    [InlineData(false, "It cannot be kept here, since there is no home folder: set HOME, or XDG_CONFIG_HOME, to one.\nTrust this key this time? [y/N] ")]
    public void Nobody_is_promised_that_a_key_is_kept_where_it_cannot_be(bool willBeKnown, string end)
    {
        var server = new UnknownServer("host:7373", Fingerprint.Parse("sha256:" + new string('a', 64)), "its certificate is for another host name") { WillBeKnown = willBeKnown };
        Assert.EndsWith(" " + end, PromptText.Trust(server), StringComparison.Ordinal);
    }
}
