using System.Runtime.InteropServices;
using Argosy.Cli.Output;
using Argosy.Client;
using Argosy.Files;

namespace Argosy.Cli.Hosting;

/// <summary>Where the password of an account comes from: never an argument, which every process of the machine can read.</summary>
internal static class NewPassword
{
    /// <summary>Asks twice at the terminal, or takes the first line of standard input; what is kept proves the password without telling it.</summary>
    public static PasswordVerifier Verifier(string account, bool fromStandardInput)
    {
        var password = fromStandardInput ? ReadLine() : AskTwice(account);
        if (password.EnumerateRunes().Count() < PasswordVerifier.MinChosenLength)
            throw new CommandException($"that password is too short: it needs at least {PasswordVerifier.MinChosenLength} characters", exitCode: 2);
        try
        {
            return PasswordVerifier.Create(password);
        }
        catch (ArgumentException)
        {
            throw new CommandException($"a password has at most {PasswordVerifier.MaxPasswordLength} characters, none of them control characters", exitCode: 2);
        }
    }

    private static string ReadLine() =>
        Console.In.ReadLine() ?? throw new CommandException("--password-stdin: standard input is empty", exitCode: 2);

    private static string AskTwice(string account)
    {
        if (Console.IsInputRedirected) throw new CommandException("there is no terminal to ask for the password on; give it with --password-stdin", exitCode: 2);

        // Before the first question and beyond the second: nothing typed early or in between is shown.
        using var hidden = HiddenTyping.Begin();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => hidden.Dispose());
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => hidden.Dispose());
        var first = Ask($"Password for {Terminal.Escape(account)}: ");
        return Ask("Again: ") == first ? first : throw new CommandException("the two passwords differ; nothing was changed");
    }

    private static string Ask(string question)
    {
        Console.Error.Write(question);
        return Prompts.ReadHidden();
    }
}
