using System.Text;
using System.Text.Json;

namespace Argosy.Server;

/// <summary>
/// Reads a configuration file: JSON with comments and trailing commas, one object per section. Every key of it may also
/// come as an environment variable <c>ARGOSY__Section__Key</c>.
/// </summary>
public static class ConfigurationFile
{
    private const string EnvironmentPrefix = "ARGOSY__";

    private static readonly JsonReaderOptions Dialect = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The file's values, each with its line.</summary>
    /// <exception cref="ConfigurationException">The file cannot be read, is no JSON, or holds an unknown key; the message names file and line.</exception>
    public static IReadOnlyList<SettingValue> Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(SettingText.Unread(path, SystemReason.Of(error)), error);
        }

        return Parse(bytes, path);
    }

    /// <summary>The values of environment variables that begin with <c>ARGOSY__</c>.</summary>
    /// <exception cref="ConfigurationException">One of them names no setting.</exception>
    public static IReadOnlyList<SettingValue> ReadEnvironment(IEnumerable<KeyValuePair<string, string>> variables) =>
    [
        .. variables
            .Where(variable => variable.Key.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
            .Select(variable => Known(new SettingValue(
                variable.Key[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal),
                variable.Value,
                $"environment variable {variable.Key}")))
            .OrderBy(value => value.Key, StringComparer.Ordinal),
    ];

    private static List<SettingValue> Parse(byte[] bytes, string path)
    {
        var text = bytes.AsSpan();
        if (text.StartsWith(Encoding.UTF8.Preamble)) text = text[Encoding.UTF8.Preamble.Length..];
        var values = new List<SettingValue>();
        var reader = new Utf8JsonReader(text, Dialect);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw Wrong(path, 1, SettingText.OneObject);
            ReadObject(ref reader, text, "", path, values);
            reader.Read();
        }
        catch (JsonException error)
        {
            throw Wrong(path, (error.LineNumber ?? 0) + 1, SettingText.NotJson, error);
        }

        return values;
    }

    private static void ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, string section, string path, List<SettingValue> values)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var line = Line(text, reader.TokenStartIndex);
            var key = section.Length == 0 ? reader.GetString()! : $"{section}:{reader.GetString()}";
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, text, key, path, values);
                continue;
            }

            var value = Known(new SettingValue(key, ReadValue(ref reader, path, line), $"{path}:{line}", Path.GetDirectoryName(Path.GetFullPath(path))));
            if (values.Any(earlier => earlier.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
                throw Wrong(path, line, SettingText.Twice(key));
            values.Add(value);
        }
    }

    private static string ReadValue(ref Utf8JsonReader reader, string path, long line)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String: return reader.GetString()!;
            case JsonTokenType.True: return "true";
            case JsonTokenType.False: return "false";
            case JsonTokenType.Number: return Encoding.UTF8.GetString(reader.ValueSpan);
            case JsonTokenType.StartArray:
                var items = new List<string>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Wrong(path, line, SettingText.Strings));
                return string.Join(',', items);
            default: throw Wrong(path, line, SettingText.ValueMissing);
        }
    }

    private static SettingValue Known(SettingValue value) =>
        Setting.Find(value.Key) is not null
            ? value
            : throw new ConfigurationException(
                SettingText.NoSetting(value, NearestWord.Hint(value.Key, Setting.All.Select(setting => setting.Key))));

    private static long Line(ReadOnlySpan<byte> text, long index) => text[..(int)index].Count((byte)'\n') + 1;

    private static ConfigurationException Wrong(string path, long line, string what, Exception? inner = null) =>
        new(SettingText.At(path, line, what), inner);
}
