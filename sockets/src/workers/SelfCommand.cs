using System.Text;

namespace Argosy.Sockets;

/// <summary>The command line of this process, so that it can be started again.</summary>
internal static class SelfCommand
{
    /// <summary>
    /// proc(5), cmdline: exactly what was executed, so that <c>dotnet exec --depsfile … program.dll</c> is repeated with the runtime's own
    /// options too, which <see cref="Environment.GetCommandLineArgs"/> leaves out.
    /// </summary>
    internal static WorkerCommand Read()
    {
        var program = Environment.ProcessPath ?? throw new PlatformNotSupportedException("The path of this program is not known; name a WorkerCommand.");
        return new WorkerCommand { Program = program, Arguments = Arguments(program) };
    }

    private static IReadOnlyList<string> Arguments(string program)
    {
        if (OperatingSystem.IsLinux() && File.Exists("/proc/self/cmdline"))
        {
            var words = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline")).Split('\0');
            return words[1..^1]; // each word is terminated, so the last is empty
        }

        var managed = Environment.GetCommandLineArgs();
        var isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return isHosted ? managed : managed[1..];
    }
}
