using Argosy.Cli;

return await CommandLine.RunAsync(args);
