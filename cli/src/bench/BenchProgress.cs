namespace Argosy.Cli.Benchmarks;

/// <summary>What is being measured: one line that changes on a terminal, nothing elsewhere.</summary>
internal sealed class BenchProgress : IProgress<string>
{
    public void Report(string value)
    {
        if (Console.IsErrorRedirected) return;
        var width = Math.Max(20, BenchCommand.Width() - 1);
        Console.Error.Write($"\r\e[K{(value.Length <= width ? value : value[..width])}");
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (!Console.IsErrorRedirected) Console.Error.Write("\r\e[K");
    }
}
