using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets.Tests;

/// <summary>While it lives, this process can open no more descriptors: all numbers below its limit are taken.</summary>
internal sealed partial class DescriptorShortage : IDisposable
{
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE

    private readonly List<SafeFileHandle> _fillers = [];
    private readonly ResourceLimit _before;

    public DescriptorShortage()
    {
        GetLimit(NumberOfFiles, out _before);
        var highest = Directory.GetFiles("/proc/self/fd").Max(path => int.Parse(Path.GetFileName(path)));
        do
        {
            _fillers.Add(File.OpenHandle("/dev/null"));
        }
        while (_fillers[^1].DangerousGetHandle() <= highest);
        SetLimit(NumberOfFiles, _before with { Soft = (ulong)_fillers[^1].DangerousGetHandle() + 1 });
    }

    public void Dispose()
    {
        SetLimit(NumberOfFiles, _before);
        foreach (var filler in _fillers) filler.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in ResourceLimit limit);

    private record struct ResourceLimit(ulong Soft, ulong Hard);
}
