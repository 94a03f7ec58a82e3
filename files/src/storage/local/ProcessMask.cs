namespace Argosy.Files;

/// <summary>The process's umask, read without setting it (umask(2) can only do both at once).</summary>
internal static class ProcessMask
{
    private const int Usual = 0x12; // 022

    public static int Value { get; } = Read();

    private static int Read()
    {
        const string Label = "Umask:";
        if (!File.Exists("/proc/self/status"))
        {
            return Usual;
        }

        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
        return line is null ? Usual : line[Label.Length..].Trim().Aggregate(0, (sum, digit) => (sum << 3) | (digit - '0'));
    }
}
