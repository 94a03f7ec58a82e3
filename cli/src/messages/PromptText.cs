using Argosy.Client;

namespace Argosy.Cli.Messages;

/// <summary>Questions to people.</summary>
internal static class PromptText
{
    public const string NotTrusted = "Not trusted; nothing was sent.";

    public const string NobodyToAsk = "There is no terminal to ask on.";

    public const string PasswordInputIsEmpty = "--password-stdin: standard input is empty";

    private const string CannotKeep = "It cannot be kept here, since there is no home folder: set HOME, or XDG_CONFIG_HOME, to one.";

    public static string Password(ArgosyUrl url) => $"Password of {Terminal.Escape(url.User!)} at {url.Authority}: ";

    public static string Trust(UnknownServer server) =>
        $"{server.Authority} is not known here, and {server.Reason}. Its key is\n"
        + $"  {server.Fingerprint}\n"
        + "Compare it with what the server printed when it started. "
        + (server.WillBeKnown ? "Trust this key from now on? [y/N] " : $"{CannotKeep}\nTrust this key this time? [y/N] ");
}
