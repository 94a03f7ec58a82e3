using System.Text.Json.Serialization;

namespace Argosy.Files;

/// <summary>How a line of the register of homes is written: an array of words.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class HomeFactsJson : JsonSerializerContext;
