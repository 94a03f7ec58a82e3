using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Argosy.Wire.Tests;

/// <summary>Byte vectors, written so that their layout can be read.</summary>
internal static class Bytes
{
    /// <summary>Lines of hexadecimal pairs with single spaces between; two spaces end the bytes and begin a comment.</summary>
    internal static byte[] OfHex(string layout) =>
        [.. layout.Split('\n').SelectMany(line => Convert.FromHexString(line.Trim().Split("  ")[0].Replace(" ", "", StringComparison.Ordinal)))];

    /// <summary>A frame around any text, right or wrong.</summary>
    internal static byte[] Frame(string header) => Frame(Encoding.UTF8.GetBytes(header));

    internal static byte[] Frame(byte[] header)
    {
        var frame = new byte[4 + header.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, header.Length);
        header.CopyTo(frame, 4);
        return frame;
    }

    /// <summary>The same with a seal: <paramref name="members"/> are the object's members without braces.</summary>
    internal static byte[] SealedFrame(string members)
    {
        var header = Encoding.UTF8.GetBytes($"{{{members}{(members.Length > 0 ? "," : "")}\"sum\":\"00000000\"}}");
        Seal.Put(header);
        return Frame(header);
    }

    internal static byte[] Chunk(string content) => Frame(content);

    internal static byte[] Encoded(IMessage message, bool seal = false)
    {
        var output = new ArrayBufferWriter<byte>();
        FrameEncoder.Write(output, message, seal);
        return output.WrittenSpan.ToArray();
    }
}
