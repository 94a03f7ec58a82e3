using Argosy.Cli;
using Argosy.Cli.Output;

WideOutput.Install();
return await CommandLine.RunAsync(args);
