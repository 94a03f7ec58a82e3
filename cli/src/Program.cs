using Argosy.Cli;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Client;

StandardStreams.Install();
if (OpenFileLimit.Value < OpenFileLimit.Least)
{
    Console.Error.WriteLine(OutputText.Failure("argosy", null, SystemText.TooFewOpenFiles(OpenFileLimit.Value, OpenFileLimit.Least)));
    return 1;
}

return Ending.With(await CommandLine.RunAsync(ArgumentBytes.Restore(args)));
