using Argosy.Sockets;

namespace Argosy.Benchmarks.BufferedIo;

/// <summary>What to measure, how often, and how to print it.</summary>
internal sealed record Settings
{
    internal const string Usage = """
        usage: buffered-io [--rounds N] [--mib N] [--folder DIR]... [--model NAME] [--markdown]
          --rounds N     measured rounds, after one that is discarded (7)
          --mib N        the size of the file in MiB (256)
          --folder DIR   where the files lie; may be given again (/dev/shm and the folder for temporary files)
          --model NAME   the concurrency model of the handlers (threads)
          --markdown     tables for docs/buffered-io.md
        """;

    public int Rounds { get; private init; } = 7;

    public int Mebibytes { get; private init; } = 256;

    public IReadOnlyList<string> Folders { get; private init; } = [];

    public ConcurrencyModel Model { get; private init; } = ConcurrencyModels.Find("threads")!;

    public bool IsMarkdown { get; private init; }

    public long Bytes => Mebibytes * 1024L * 1024;

    /// <summary>Reads the command line; returns what is wrong with it, or null.</summary>
    public static string? Parse(string[] args, out Settings settings)
    {
        settings = new Settings();
        var folders = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--markdown":
                    settings = settings with { IsMarkdown = true };
                    continue;
                case "--rounds" when int.TryParse(value, out var rounds) && rounds > 0:
                    settings = settings with { Rounds = rounds };
                    break;
                case "--mib" when int.TryParse(value, out var mebibytes) && mebibytes is > 0 and < 1_000_000:
                    settings = settings with { Mebibytes = mebibytes };
                    break;
                case "--folder" when Directory.Exists(value):
                    folders.Add(value);
                    break;
                case "--model" when ConcurrencyModels.Find(value) is { } model:
                    settings = settings with { Model = model };
                    break;
                default:
                    return $"buffered-io: {args[i]} {value}: not understood, or not there.";
            }

            i++;
        }

        if (folders.Count == 0) folders.AddRange(new[] { "/dev/shm", Path.GetTempPath() }.Where(Directory.Exists));
        settings = settings with { Folders = folders };
        return null;
    }
}
