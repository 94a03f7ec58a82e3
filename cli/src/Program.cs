using Argosy.Cli;
using Argosy.Cli.Output;

StandardStreams.Install();
return Ending.With(await CommandLine.RunAsync(ArgumentBytes.Restore(args)));
