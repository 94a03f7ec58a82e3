using System.Buffers;

namespace Argosy.Cli.Tests.Spine;

/// <summary>Bytes for files, and comparisons that need little memory.</summary>
internal static class Contents
{
    private const int Block = 1 << 20;

    /// <summary>As many bytes, the same for the same seed.</summary>
    public static byte[] Random(int size, int seed = 1)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A file that is nearly all hole: random bytes at its start, around 4 GiB and at its end.</summary>
    public static void WriteSparse(string file, long size)
    {
        using var handle = File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.SetLength(handle, size);
        foreach (var island in new[] { 0, 1L << 31, (1L << 32) - 2048, size - 4096 })
            RandomAccess.Write(handle, Random(4096, (int)(island % 1000) + 1), island);
    }

    /// <summary>Asserts that two files are equal.</summary>
    public static void AssertSame(string expected, string actual)
    {
        using var left = File.OpenHandle(expected);
        using var right = File.OpenHandle(actual);
        Assert.Equal(RandomAccess.GetLength(left), RandomAccess.GetLength(right));
        byte[] first = ArrayPool<byte>.Shared.Rent(Block), second = ArrayPool<byte>.Shared.Rent(Block);
        for (long at = 0; at < RandomAccess.GetLength(left); at += Block)
        {
            var length = RandomAccess.Read(left, first.AsSpan(0, Block), at);
            Assert.Equal(length, RandomAccess.Read(right, second.AsSpan(0, Block), at));
            if (!first.AsSpan(0, length).SequenceEqual(second.AsSpan(0, length))) Assert.Fail($"{actual} differs from {expected} within 1 MiB from {at}");
        }

        ArrayPool<byte>.Shared.Return(first);
        ArrayPool<byte>.Shared.Return(second);
    }
}
