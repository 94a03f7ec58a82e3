using Argosy.Cli.Messages;
using Argosy.Client;
using Argosy.Files;
using Argosy.Server;

namespace Argosy.Cli;

/// <summary>Turns what a command threw into one line and an exit code: the border where errors become words.</summary>
internal static class Failure
{
    public static int Report(Exception error)
    {
        var (message, code) = error switch
        {
            CommandException failed => (failed.Message, failed.ExitCode),
            ConfigurationException wrong => (wrong.Message, 2),
            StartException or AccountStoreException => (error.Message, 1),
            ClientException failed => (failed.Message, failed.ExitCode),
            OperationCanceledException => (StopText.Stopped, 1),
            IOException or UnauthorizedAccessException => (SystemText.Of(error), 1),
            _ => (Unexpected(error).Message, 1),
        };
        Console.Error.WriteLine(OutputText.Failure("argosy", null, Terminal.Escape(message)));
        if (Environment.GetEnvironmentVariable("ARGOSY_DEBUG") == "1") Console.Error.WriteLine(error);
        return code;
    }

    /// <summary>What is said of a mistake in the program.</summary>
    public static CommandException Unexpected(Exception error) =>
        new(OutputText.Unexpected(error.GetType().Name));
}
