using Argosy.Client;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Cli.Output;

/// <summary>Questions to the person at the terminal. They go to standard error, so that results stay apart.</summary>
internal static class Prompts
{
    /// <summary>True when somebody is there to answer.</summary>
    public static bool CanAsk => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>Asks for a password without showing it.</summary>
    public static async ValueTask<string?> PasswordAsync(ArgosyUrl url, CancellationToken stop)
    {
        // Before the question, so that nothing typed early is shown; and ended here, when the command is stopped while it waits.
        using var hidden = HiddenTyping.Begin();
        Console.Error.Write($"Password of {Terminal.Escape(url.User!)} at {url.Authority}: ");
        var password = await Task.Run(ReadLine, CancellationToken.None).WaitAsync(stop);
        Console.Error.WriteLine();
        return password;
    }

    /// <summary>Shows an unknown server's key and asks whether it is the right one.</summary>
    public static async ValueTask<bool> AcceptAsync(UnknownServer server, CancellationToken stop)
    {
        Console.Error.WriteLine($"{server.Authority} is not known here, and {server.Reason}. Its key is");
        Console.Error.WriteLine($"  {server.Fingerprint}");
        Console.Error.Write("Compare it with what the server printed when it started. Trust this key from now on? [y/N] ");
        var answer = await Task.Run(ReadLine, CancellationToken.None).WaitAsync(stop);
        return answer.Trim() is "y" or "Y" or "yes";
    }

    /// <summary>A line typed without being shown; what was typed before the call may have been.</summary>
    public static string ReadHidden()
    {
        using var hidden = HiddenTyping.Begin();
        var line = ReadLine();
        Console.Error.WriteLine();
        return line;
    }

    // Not Console.ReadLine, nor the console's stream, which show each key by themselves: the terminal edits the line and ends it at Enter.
    private static string ReadLine()
    {
        using var handle = new SafeFileHandle(0, ownsHandle: false);
        using var terminal = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        using var input = new StreamReader(terminal, bufferSize: 1024);
        return input.ReadLine() ?? "";
    }
}
