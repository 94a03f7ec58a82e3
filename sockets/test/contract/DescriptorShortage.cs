using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets.Tests;

/// <summary>While it lives, this process can open but a few more descriptors: all numbers below are taken.</summary>
internal sealed partial class DescriptorShortage : IDisposable
{
    /// <summary>For the runtime, which would end the process if its pool could not start a thread, and less than what a server keeps from its clients.</summary>
    internal const int ForTheRuntime = 12;

    private const int NumberOfFiles = 7; // RLIMIT_NOFILE

    private readonly List<SafeFileHandle> _fillers = [];
    private readonly ResourceLimit _before;

    /// <param name="left">How many can be opened still.</param>
    public DescriptorShortage(int left = ForTheRuntime)
    {
        GetLimit(NumberOfFiles, out _before);
        var highest = Directory.GetFiles("/proc/self/fd").Max(path => int.Parse(Path.GetFileName(path)));
        do
        {
            _fillers.Add(File.OpenHandle("/dev/null"));
        }
        while (_fillers[^1].DangerousGetHandle() <= highest);
        SetLimit(NumberOfFiles, _before with { Soft = (ulong)_fillers[^1].DangerousGetHandle() + 1 + (ulong)left });
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
