namespace Argosy.Cli.Messages;

/// <summary>What stands below the help of every command that talks to a server.</summary>
internal static class HelpText
{
    public const string Surroundings = """

        Environment:
          ARGOSY_PASSWORD   the password, instead of a question at the terminal
          XDG_CONFIG_HOME   where argosy/known_servers is [default: ~/.config]: the keys of servers that are trusted
          XDG_STATE_HOME    where argosy/ keeps unfinished transfers and the shell's history [default: ~/.local/state]
        Exit codes:
          0 done   1 refused or failed   2 bad usage   3 not reachable   4 not verified
          Ctrl-C ends by its signal, once everything is in order; a shell shows 130.
        """;
}
