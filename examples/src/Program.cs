using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>Lists the examples and starts one: <c>dotnet run --project examples/src -- NAME [ARGUMENTS]</c>.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int BadUsage = 2;

    public static async Task<int> Main(string[] args)
    {
        if (args is [] or ["--help" or "-h" or "help"]) return ShowAll();
        if (Catalog.Find(args[0]) is not { } example)
        {
            Console.Error.WriteLine($"There is no example '{args[0]}'; --help lists them.{Suggestion(args[0])}");
            return BadUsage;
        }

        if (args.Contains("--help")) return Show(example);
        try
        {
            await example.Main(args[1..]);
            return Environment.ExitCode;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            Console.Error.WriteLine($"{e.Message}\n\n{Usage(example)}");
            return BadUsage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            Console.Error.WriteLine(e.Message);
            return Failed;
        }
    }

    private static int ShowAll()
    {
        Console.WriteLine("One short program each: NAME [ARGUMENTS]. Servers print 'ready ADDRESS' and end with Ctrl-C or SIGTERM.");
        foreach (var group in Catalog.All.GroupBy(example => example.Group))
        {
            Console.WriteLine($"\n{group.Key}");
            foreach (var example in group) Console.WriteLine($"  {example.Name,-18}{example.Teaches}");
        }

        return 0;
    }

    private static int Show(Example example)
    {
        Console.WriteLine($"{Usage(example)}\n\n{example.Teaches}");
        if (example.Arguments.Contains("--model", StringComparison.Ordinal))
            Console.WriteLine($"\nMODEL is one of: {string.Join(", ", ConcurrencyModels.All)}");
        return 0;
    }

    private static string Usage(Example example) => $"Usage: {example.Name} {example.Arguments}".TrimEnd();

    private static string Suggestion(string wrong) =>
        Catalog.All.FirstOrDefault(example => Letters(example.Name).Contains(Letters(wrong)) || Letters(wrong).Contains(Letters(example.Name)))
            is { } near ? $" Did you mean '{near.Name}'?" : "";

    private static string Letters(string name) => name.Replace("-", "", StringComparison.Ordinal);
}
