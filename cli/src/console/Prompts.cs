using System.Runtime.InteropServices;
using Argosy.Cli.Messages;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Output;

/// <summary>Questions to the person at the terminal. They go to the terminal itself, so that results stay apart and a file may come from a pipe.</summary>
internal static class Prompts
{
    /// <summary>True when somebody is there to answer.</summary>
    public static bool CanAsk => ControllingTerminal.IsAttended;

    /// <summary>Asks for a password without showing it.</summary>
    public static async ValueTask<string?> PasswordAsync(ArgosyUrl url, CancellationToken stop) =>
        await AskAsync(PromptText.Password(url), isHidden: true, stop);

    /// <summary>Shows an unknown server's key and asks whether it is the right one.</summary>
    /// <exception cref="CommandException">It is not.</exception>
    public static async ValueTask<bool> AcceptAsync(UnknownServer server, CancellationToken stop)
    {
        var answer = await AskAsync(PromptText.Trust(server), isHidden: false, stop);
        return answer?.Trim() is "y" or "Y" or "yes" ? true : throw new CommandException(PromptText.NotTrusted, ExitCodes.NotVerified);
    }

    /// <summary>Lines typed without being shown; nothing that is typed between two questions is shown either.</summary>
    /// <param name="questions">Each is shown before its line, and again when the process goes on after a stop.</param>
    public static IReadOnlyList<string> ReadHidden(params string[] questions)
    {
        using var terminal = ControllingTerminal.TryOpen() ?? throw new CommandException(PromptText.NobodyToAsk);
        var question = questions[0];
        using var hidden = HiddenTyping.Begin(terminal.Descriptor, () => terminal.Write(question));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => terminal.Write("\n"));
        var lines = new List<string>();
        foreach (var next in questions)
        {
            if (lines.Count > 0)
                terminal.Write(question = next);
            lines.Add(terminal.ReadLine() ?? "");
            // What was typed unseen has not moved the cursor.
            terminal.Write("\n");
        }

        return lines;
    }

    private static async Task<string?> AskAsync(string question, bool isHidden, CancellationToken stop)
    {
        // Not disposed of while somebody may still read from it: a question that was given up leaves its reader behind.
        var terminal = ControllingTerminal.TryOpen() ?? throw new CommandException(PromptText.NobodyToAsk);
        try
        {
            var answer = await AskAsync(terminal, question, isHidden, stop);
            // What was typed unseen has not moved the cursor.
            if (isHidden || answer is null)
                terminal.Write("\n");
            terminal.Dispose();
            return answer;
        }
        catch (OperationCanceledException)
        {
            terminal.Write("\n");
            throw;
        }
    }

    private static async Task<string?> AskAsync(ControllingTerminal terminal, string question, bool isHidden, CancellationToken stop)
    {
        using var hidden = isHidden ? HiddenTyping.Begin(terminal.Descriptor, () => terminal.Write(question)) : null;
        if (!isHidden)
            terminal.Write(question);
        return await Task.Run(terminal.ReadLine, CancellationToken.None).WaitAsync(stop);
    }
}
