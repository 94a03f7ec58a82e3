namespace Argosy.Cli.Output;

/// <summary>
/// Standard output where it is no terminal. The base library's writer passes on everything at once, but at most 256 characters at a time, each with
/// a system call of its own; this one passes on as much as it is given.
/// </summary>
internal static class WideOutput
{
    private const int Width = 24 * 1024;

    public static void Install()
    {
        if (Console.IsOutputRedirected)
            Console.SetOut(new StreamWriter(Console.OpenStandardOutput(), Console.Out.Encoding, Width) { AutoFlush = true });
    }
}
