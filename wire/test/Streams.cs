using System.Buffers;

namespace Argosy.Wire.Tests;

/// <summary>Well-formed streams of requests, made from a seed.</summary>
internal static class Streams
{
    internal static byte[] Any(Random random, bool seal)
    {
        var output = new ArrayBufferWriter<byte>();
        for (var frames = random.Next(1, 6); frames > 0; frames--)
            WriteRequest(output, random, seal);
        return output.WrittenSpan.ToArray();
    }

    private static void WriteRequest(ArrayBufferWriter<byte> output, Random random, bool seal)
    {
        var length = random.Next(3) == 0 ? 0 : random.Next(200);
        var body = random.Next(3) switch { 0 => Body.None, 1 => Body.Exact(length), _ => Body.Chunked };
        long? id = random.Next(2) == 0 ? null : random.NextInt64(Limits.Number);
        var request = new Request { Command = body.IsNone ? "stat" : "put", Id = id, Path = Name(random), Body = body, MTime = random.NextInt64(-Limits.Number, Limits.Number) };
        FrameEncoder.Write(output, request, seal);
        if (body.Length is { } exact)
            Fill(output, random, (int)exact);
        else if (body.IsChunked)
            WriteChunks(output, random, id, seal);
    }

    private static void WriteChunks(ArrayBufferWriter<byte> output, Random random, long? id, bool seal)
    {
        for (var chunks = random.Next(4); chunks > 0; chunks--)
        {
            var length = random.Next(1, 100);
            FrameEncoder.WriteChunkPrefix(output, length);
            Fill(output, random, length);
        }

        if (random.Next(3) == 0)
            FrameEncoder.WriteAbandon(output);
        else
            FrameEncoder.WriteEnd(output, new Trailer { Id = id, Crc32C = (uint)random.Next() }, seal);
    }

    private static byte[] Name(Random random)
    {
        var name = new byte[random.Next(1, 60)];
        for (var i = 0; i < name.Length; i++)
            name[i] = (byte)random.Next(1, random.Next(2) == 0 ? 127 : 255);
        return name;
    }

    private static void Fill(ArrayBufferWriter<byte> output, Random random, int length)
    {
        random.NextBytes(output.GetSpan(length)[..length]);
        output.Advance(length);
    }
}
