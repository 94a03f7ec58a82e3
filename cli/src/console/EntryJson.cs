using System.Text.Json;
using System.Text.Unicode;
using Argosy.Client;

namespace Argosy.Cli.Output;

/// <summary>Names and entries in JSON, as the protocol has them: a string when the bytes are UTF-8, else base64 under another key.</summary>
internal static class EntryJson
{
    public static void WriteName(this Utf8JsonWriter json, string key, RemotePath name)
    {
        if (Utf8.IsValid(name.Bytes.Span))
            json.WriteString(key, name.Bytes.Span);
        else
            json.WriteBase64String(key + "_b64", name.Bytes.Span);
    }

    public static void WriteEntry(this Utf8JsonWriter json, string key, RemoteEntry entry)
    {
        json.WriteName(key, entry.Name);
        json.WriteString("type", EntryText.Kind(entry.Kind));
        json.WriteNumber("size", entry.Size);
        json.WriteString("modified", entry.Modified.UtcDateTime);
        json.WriteString("mode", EntryText.Octal(entry.Mode));
        if (entry.LinkTarget is { } target)
            json.WriteName("target", target);
    }
}
