namespace Argosy.Client;

/// <summary>What is said of servers that could not show that they are the one meant. Keys stand below each other, and commands by themselves, to be copied.</summary>
internal static class TrustText
{
    public static string NotExpected(ArgosyUrl url, Fingerprint expected, Fingerprint presented) =>
        $"{url.Authority} is not the expected server. Nothing was sent.\n"
        + $"  expected  {expected}\n"
        + $"  now       {presented}\n"
        + "Ask its operator for the right fingerprint (argosy serve prints it) before you go on.";

    public static string Changed(ArgosyUrl url, Fingerprint known, Fingerprint presented, string file) =>
        $"The key of {url.Authority} has changed. Nothing was sent.\n"
        + $"  known  {known}\n"
        + $"  now    {presented}\n"
        + "Either the server got a new key, or someone stands between. Ask its operator. If the new key is right, connect once with it:\n"
        + $"  argosy ls {url with { Path = RemotePath.Root, Fingerprint = null }} --fingerprint {presented}\n"
        + $"or remove the old line from {Terminal.Escape(file)}";

    public static string Unknown(UnknownServer server) =>
        $"{server.Authority} is unknown here, and {server.Reason}. Nothing was sent. Its key:\n"
        + $"  {server.Fingerprint}\n"
        + "Compare it with what argosy serve printed when it started. If it is right, connect once with\n"
        + $"  --fingerprint {server.Fingerprint}\n"
        + "or accept any new server's key with --accept-new."
        + (server.WillBeKnown ? "" : "\nAccepted keys cannot be kept here, since there is no home folder: set HOME, or XDG_CONFIG_HOME, to one.");
}
