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
        if (!Prompts.CanAsk) throw new CommandException("there is no terminal to ask for the password on; give it with --password-stdin", exitCode: 2);

        var typed = Prompts.ReadHidden($"Password for {Terminal.Escape(account)}: ", "Again: ");
        return typed[0] == typed[1] ? typed[0] : throw new CommandException("the two passwords differ; nothing was changed");
    }
}
