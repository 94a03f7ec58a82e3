using System.Buffers;
using System.Buffers.Text;

namespace Argosy.Wire;

/// <summary>Base64 as RFC 4648 section 4 writes it, to the letter, so that bytes have one form.</summary>
internal static class CanonicalBase64
{
    /// <summary>The bytes, or null where <paramref name="text"/> is anything else than what an encoder writes.</summary>
    internal static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length / 4 * 3];
        // The decoder refuses stray last bits (section 3.5) but passes over white space, which the length shows.
        var status = Base64.DecodeFromUtf8(text, bytes, out _, out var length);
        return status == OperationStatus.Done && text.Length == (length + 2) / 3 * 4 ? bytes[..length] : null;
    }
}
