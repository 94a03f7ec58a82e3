using System.Buffers.Binary;
using System.Text;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>Frames as bytes, made without the encoder that they test.</summary>
internal static class Frame
{
    /// <summary>The mark that abandons a chunked body.</summary>
    public static byte[] Abandon => [0xff, 0xff, 0xff, 0xff];

    /// <summary>Length and header.</summary>
    public static byte[] Of(string json) => Of(Encoding.UTF8.GetBytes(json));

    public static byte[] Of(byte[] header) => [.. Length(header.Length), .. header];

    /// <summary>Length and header with a seal (docs/protocol.md section 1.2). The header must have a member.</summary>
    public static byte[] Sealed(string json)
    {
        byte[] covered = Encoding.UTF8.GetBytes(json[..^1] + ",");
        byte[] length = Length(covered.Length + 17);
        string sum = Crc32C.Of([.. length, .. covered]).ToString("x8");
        return [.. length, .. covered, .. Encoding.ASCII.GetBytes($"\"sum\":\"{sum}\"}}")];
    }

    /// <summary>A chunk of a chunked body.</summary>
    public static byte[] Chunk(byte[] content) => [.. Length(content.Length), .. content];

    /// <summary>The end of a chunked body and its trailer.</summary>
    public static byte[] End(string trailer) => [.. Length(0), .. Of(trailer)];

    public static byte[] Length(long length)
    {
        byte[] prefix = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, (uint)length);
        return prefix;
    }

    /// <summary>The sum as headers write it.</summary>
    public static string Sum(byte[] content) => Crc32C.Of(content).ToString("x8");

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
