using System.Text.Json;
using System.Text.Unicode;

namespace Argosy.Wire;

/// <summary>
/// Walks through the members of one JSON object under the rules of docs/protocol.md section 1. What breaks the form throws
/// <see cref="WireError.BadFrame"/>; a value of the wrong type is remembered in <see cref="Fault"/>, for the request can be
/// answered and the connection live on.
/// </summary>
internal ref partial struct HeaderReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.Depth };

    private Utf8JsonReader _json;
    private ulong _seen;
    private int _members;
    private HashSet<string>? _unknown;
    private Field _field;

    internal HeaderReader(ReadOnlySpan<byte> header)
    {
        // The JSON reader checks no UTF-8 inside of strings.
        if (!Utf8.IsValid(header))
            throw BadFrame(HeaderText.NotUtf8);
        _json = new Utf8JsonReader(header, Options);
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
            throw BadFrame(HeaderText.NotAnObject);
    }

    /// <summary>The first value that was of the wrong type or out of range.</summary>
    internal WireException? Fault { get; set; }

    internal static WireException BadFrame(string message, Exception? inner = null) =>
        new(WireError.BadFrame, message, inner: inner);

    internal delegate T Decoder<T>(ref HeaderReader reader);

    /// <summary>Decodes one header, all of it, and turns every way in which JSON can be wrong into one error.</summary>
    internal static T Decode<T>(ReadOnlySpan<byte> header, bool isSealed, Decoder<T> decode)
    {
        try
        {
            var reader = new HeaderReader(header);
            var message = decode(ref reader);
            if (reader.Has(Field.Sum) != isSealed)
                throw new WireException(WireError.Damaged, FrameText.SumWithoutSeal);
            return message;
        }
        catch (JsonException broken)
        {
            throw BadFrame(HeaderText.NotAnObject, broken);
        }
        catch (InvalidOperationException surrogate)
        {
            // What the JSON reader throws for an escaped surrogate without its other half.
            throw BadFrame(HeaderText.LoneSurrogate, surrogate);
        }
    }

    /// <summary>True where the object had that member.</summary>
    internal readonly bool Has(Field field) => (_seen & (1ul << (int)field)) != 0;

    /// <summary>Moves to the next member's value; false at the end of the object.</summary>
    internal bool Next(out Field field)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.EndObject)
        {
            // What stands behind the object, if not white space, throws here.
            _json.Read();
            field = Field.Unknown;
            return false;
        }

        _field = field = FindKey();
        CountMember();
        if (field == Field.Unknown)
            RefuseTwice(ref _unknown);
        else if (Has(field))
            throw BadFrame(HeaderText.Twice(field));
        else
            _seen |= 1ul << (int)field;
        _json.Read();
        return true;
    }

    internal void Refuse(string message) => Fault ??= new WireException(WireError.BadRequest, message);

    internal void RefuseBoth(Field one, Field other)
    {
        if (Has(one) && Has(other))
            Refuse(HeaderText.Exclude(one, other));
    }

    /// <summary>Passes over a value that nobody asked for. It still has to keep the rules.</summary>
    internal void Skip()
    {
        if (_json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            CheckScalar();
            return;
        }

        var keys = new HashSet<string>?[Limits.Depth + 1];
        var outside = _json.CurrentDepth;
        do
        {
            var depth = _json.CurrentDepth;
            switch (_json.TokenType)
            {
                case JsonTokenType.StartObject:
                    keys[depth + 1]?.Clear();
                    break;
                case JsonTokenType.PropertyName:
                    CountMember();
                    RefuseTwice(ref keys[depth]);
                    break;
                default:
                    CheckScalar();
                    break;
            }
        }
        while (_json.Read() && _json.CurrentDepth > outside);
    }

    private void CountMember()
    {
        if (++_members > Limits.Members)
            throw BadFrame(HeaderText.TooManyKeys);
    }

    private readonly Field FindKey() =>
        _json.ValueIsEscaped ? Fields.Find(_json.GetString().AsSpan()) : Fields.Find(_json.ValueSpan);

    private readonly void RefuseTwice(ref HashSet<string>? keys)
    {
        if (!(keys ??= new(StringComparer.Ordinal)).Add(_json.GetString()!))
            throw BadFrame(HeaderText.AKeyTwice);
    }

    private readonly void CheckScalar()
    {
        if (_json.TokenType == JsonTokenType.Number)
            Integer();
        else if (_json.TokenType == JsonTokenType.String && _json.ValueIsEscaped)
            _json.GetString(); // throws for a lone surrogate
    }
}
