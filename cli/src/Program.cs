using Argosy.Cli;
using Argosy.Cli.Output;
using Argosy.Client;

if (OpenFileLimit.Value < OpenFileLimit.Least)
{
    Console.Error.WriteLine($"argosy: {OpenFileLimit.Value} open files are too few (ulimit -n), {OpenFileLimit.Least} are needed. Allow more first: ulimit -n 1024");
    return 1;
}

StandardStreams.Install();
return Ending.With(await CommandLine.RunAsync(ArgumentBytes.Restore(args)));
