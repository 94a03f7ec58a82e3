using System.Globalization;
using System.Text.RegularExpressions;

namespace Argosy.Cli.Tests.Spine;

/// <summary>How much resident memory a process takes from now on beyond what it has now (proc(5): VmRSS, VmHWM, clear_refs).</summary>
internal sealed partial class Memory
{
    private readonly int _process;
    private readonly long _before;

    public Memory(int process)
    {
        _process = process;
        File.WriteAllText($"/proc/{process}/clear_refs", "5"); // The peak begins anew.
        _before = Read("VmRSS");
    }

    /// <summary>The peak since then, less what it had then, in bytes; not below 0.</summary>
    public long Grown => Math.Max(0, Read("VmHWM") - _before);

    private long Read(string key) =>
        1024 * long.Parse(Lines().Single(line => line.Groups[1].Value == key).Groups[2].Value, CultureInfo.InvariantCulture);

    private IEnumerable<Match> Lines() => Line().Matches(File.ReadAllText($"/proc/{_process}/status"));

    [GeneratedRegex(@"^(\w+):\s+(\d+) kB$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
