using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argosy.Server;

/// <summary>
/// What a worker process is told: the server's options as they are, not as they were written, and which front end it serves. It travels over the
/// channel between parent and worker, so that no argument list shows it.
/// </summary>
/// <param name="Options">The server's options.</param>
/// <param name="FrontEnd">The front end's name in the <see cref="PartsCatalog"/>.</param>
internal sealed record WorkerConfiguration(ServerOptions Options, string FrontEnd)
{
    /// <summary>As bytes for <see cref="Read"/>.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, WorkerConfigurationJson.Default.WorkerConfiguration);

    /// <summary>From bytes that the same program wrote.</summary>
    /// <exception cref="JsonException">They are something else.</exception>
    public static WorkerConfiguration Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, WorkerConfigurationJson.Default.WorkerConfiguration)
        ?? throw new JsonException(SettingText.WorkerObject);
}

/// <summary>Strict: parent and worker are one program, so whatever is missing or unknown is a mistake.</summary>
[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(EndPointConverter)])]
[JsonSerializable(typeof(WorkerConfiguration))]
internal sealed partial class WorkerConfigurationJson : JsonSerializerContext;

/// <summary>An address and port as text.</summary>
internal sealed class EndPointConverter : JsonConverter<IPEndPoint>
{
    public override IPEndPoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => IPEndPoint.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, IPEndPoint value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
