using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argosy.Files;

/// <summary>A value that stands in the account file as one string. What it cannot parse becomes an error with a line.</summary>
internal abstract class TextConverter<T>(Func<string, T> parse, Func<T, string> format) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new JsonException(AccountText.StringMissing);

        try
        {
            return parse(reader.GetString()!);
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(format(value));
}

internal sealed class AccountNameConverter() : TextConverter<string>(AccountName.Normalize, name => name);

internal sealed class VerifierConverter() : TextConverter<PasswordVerifier>(PasswordVerifier.Parse, verifier => verifier.Format());

internal sealed class PermissionsConverter() : TextConverter<Permissions>(PermissionText.Parse, PermissionText.Format);

internal sealed class NetworkConverter() : TextConverter<IPNetwork>(NetworkText.Parse, network => network.ToString());
