using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argosy.Files;

/// <summary>How the account file is written. Strict: a field that this version does not know may be a restriction, so it is refused, not dropped.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    Converters = [typeof(NetworkConverter)])]
[JsonSerializable(typeof(StoredAccounts))]
internal sealed partial class AccountsJsonContext : JsonSerializerContext;
