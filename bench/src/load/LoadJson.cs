using System.Text.Json.Serialization;

namespace Argosy.Bench;

/// <summary>How a result is written: on one line.</summary>
[JsonSerializable(typeof(LoadResult))]
internal sealed partial class LoadJson : JsonSerializerContext;
