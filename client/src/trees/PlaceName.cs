using System.Text;
using System.Text.Unicode;

namespace Argosy.Client;

/// <summary>Local places between bytes and text.</summary>
internal static class PlaceName
{
    /// <summary>The whole path as text; null where its bytes are none.</summary>
    public static string? Text(ReadOnlyMemory<byte> place) =>
        Utf8.IsValid(place.Span) ? Path.GetFullPath(Encoding.UTF8.GetString(place.Span)) : null;
}
