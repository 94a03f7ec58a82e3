using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Cli.Shell.Editing;
using Argosy.Client;

namespace Argosy.Cli.Shell;

/// <summary>What somebody is asked about transfers that were cut.</summary>
internal static class ResumeQuestion
{
    /// <returns>True: they go on. False: they begin anew.</returns>
    /// <exception cref="OperationCanceledException">Neither.</exception>
    public static async Task<bool> AskAsync(IReadOnlyList<UnfinishedPart> unfinished, ILines lines, CancellationToken stop)
    {
        var subject = unfinished is [var only]
            ? $"{only.Name}  {Sizes.Of(only.Bytes)} of {Sizes.Of(only.Size)}"
            : $"{unfinished.Count} files, {Sizes.Of(unfinished.Sum(part => part.Bytes))} of {Sizes.Of(unfinished.Sum(part => part.Size))}";
        while (true)
        {
            switch ((await lines.AskAsync(ShellText.Continue(subject), stop)).Trim().ToUpperInvariant())
            {
                case "" or "Y" or "YES":
                    return true;
                case "N" or "NO":
                    return false;
            }
        }
    }
}
