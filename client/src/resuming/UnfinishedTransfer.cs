using System.Buffers;
using System.Text.Json;

namespace Argosy.Client;

/// <summary>One remembered transfer, which is this process's alone until it is disposed of.</summary>
internal sealed class UnfinishedTransfer : IDisposable
{
    private readonly FileStream _file;

    /// <exception cref="IOException">Another process has it (FileShare.None is flock(2), which ends with its holder), or it cannot be written.</exception>
    public UnfinishedTransfer(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _file = new FileStream(path, options);
    }

    /// <summary>What was written last; null where nothing was, or it cannot be read.</summary>
    public UnfinishedState? Read()
    {
        var bytes = new byte[4096];
        var length = bytes.AsSpan(0, RandomAccess.Read(_file.SafeFileHandle, bytes, 0)).IndexOf((byte)'\n');
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(0, Math.Max(length, 0)));
            var root = json.RootElement;
            return new UnfinishedState
            {
                Upload = Text(root, "upload"),
                Version = Text(root, "version"),
                Size = root.GetProperty("size").GetInt64(),
                Boot = Text(root, "boot"),
            };
        }
        catch (Exception damaged) when (damaged is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Remembers, in one write: whoever is killed leaves the old line or the new one.</summary>
    public void Write(UnfinishedState state)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("upload", state.Upload);
            json.WriteString("version", state.Version);
            json.WriteNumber("size", state.Size);
            json.WriteString("boot", state.Boot);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        // What stands behind the first line counts for nothing.
        RandomAccess.Write(_file.SafeFileHandle, line.WrittenSpan, 0);
    }

    /// <summary>Forgets it.</summary>
    public void Remove() => File.Delete(_file.Name);

    public void Dispose() => _file.Dispose();

    private static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
