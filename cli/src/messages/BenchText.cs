using Argosy.Client;

namespace Argosy.Cli.Messages;

/// <summary>About measurements and their files.</summary>
internal static class BenchText
{
    public static string Wrote(string file) => $"wrote {Terminal.Escape(file)}";

    public static string CannotWrite(string folder, Exception error) => $"{Terminal.Escape(folder)}: {SystemText.Of(error)}";

    public static string CannotRead(string file, Exception error) => CannotWrite(file, error);
}
