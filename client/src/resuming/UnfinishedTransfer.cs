using System.Buffers;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Client;

/// <summary>One remembered transfer, which is this process's alone until it is disposed of.</summary>
internal sealed class UnfinishedTransfer : IDisposable
{
    private readonly LocalFolder _folder;
    private readonly byte[] _name;
    private readonly SafeFileHandle _file;

    /// <param name="folder">Closed with this.</param>
    /// <param name="name">The file's name in it.</param>
    /// <exception cref="LocalFileException">Another process has it (flock(2), which ends with its holder), or it cannot be written.</exception>
    public UnfinishedTransfer(LocalFolder folder, byte[] name)
    {
        (_folder, _name) = (folder, name);
        _file = folder.OpenOrCreateFile(name);
        if (Posix.TryLock(_file))
            return;
        _file.Dispose();
        throw new LocalFileException(LocalFault.InUse, folder.PlaceOf(name), "is in use by another program");
    }

    /// <summary>What was written last; null where nothing was, or it cannot be read.</summary>
    public UnfinishedState? Read()
    {
        var bytes = new byte[4096];
        var length = bytes.AsSpan(0, Math.Max(Posix.Read(_file, bytes, 0), 0)).IndexOf((byte)'\n');
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(0, Math.Max(length, 0)));
            var root = json.RootElement;
            return new UnfinishedState
            {
                Upload = Text(root, "upload"),
                Size = root.GetProperty("size").GetInt64(),
            };
        }
        catch (Exception damaged) when (damaged is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// Remembers, in one write: whoever is killed leaves the old line or the new one. Where the disk takes nothing, the transfer goes on without being
    /// remembered.
    /// </summary>
    public void Write(UnfinishedState state)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("upload", state.Upload);
            json.WriteNumber("size", state.Size);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        // What stands behind the first line counts for nothing.
        try
        {
            RandomAccess.Write(_file, line.WrittenSpan, 0);
        }
        catch (IOException)
        {
            Remove();
        }
    }

    /// <summary>Forgets it.</summary>
    public void Remove() => _folder.Remove(_name);

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    private static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
