namespace Argosy.Cli.Messages;

/// <summary>How a command says that it was stopped, and how it goes on.</summary>
internal static class StopText
{
    public const string Stopped = "Stopped.";

    public const string NothingKept = "Stopped. Nothing unfinished was kept.";

    public static string Repeat(string command) => $"To go on where it stopped, repeat: {command}";

    public static string StoppedRepeat(string command) => $"{Stopped} {Repeat(command)}";

    public static string Reconnected(string server) => $"The connection was lost; connected again to {server}.";
}
