using System.CommandLine;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>How commands are told to know a server and to log in.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<bool> _acceptNew = new("--accept-new") { Description = "Trust an unknown server's key and remember it; a changed key is refused all the same." };
    private readonly Option<string> _fingerprint = new("--fingerprint") { Description = "Trust this key alone: sha256:..., as argosy serve prints it.", HelpName = "KEY" };
    private readonly Option<bool> _passwordStdin = new("--password-stdin") { Description = "Read the password from the first line of standard input." };

    public void AddTo(Command command)
    {
        command.Add(_acceptNew);
        command.Add(_fingerprint);
        command.Add(_passwordStdin);
    }

    /// <summary>True where the password takes standard input, so that a file cannot.</summary>
    public bool TakesStandardInput(ParseResult parsed) => parsed.GetValue(_passwordStdin);

    /// <exception cref="FormatException">What was given as a key is none.</exception>
    public ClientOptions For(ParseResult parsed) => new()
    {
        Fingerprint = parsed.GetValue(_fingerprint) is { } text ? Fingerprint.Parse(text) : null,
        AcceptUnknown = parsed.GetValue(_acceptNew) ? AcceptAll : Prompts.CanAsk ? Prompts.AcceptAsync : null,
    };

    private static ValueTask<bool> AcceptAll(UnknownServer server, CancellationToken stop) => ValueTask.FromResult(true);
}
