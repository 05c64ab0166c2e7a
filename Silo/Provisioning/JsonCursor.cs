using System.Text.Json;

namespace Webphone.Silo.Provisioning;

/// <summary>Walks JSON and knows where it is, so that a refusal can name line and column. Strict JSON: no comments, no trailing commas.</summary>
internal ref struct JsonCursor(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private Utf8JsonReader _reader = new(json, new JsonReaderOptions { MaxDepth = 16 });

    public readonly JsonTokenType Token => _reader.TokenType;

    public readonly int Position => (int)_reader.TokenStartIndex;

    public void Read()
    {
        try
        {
            if (!_reader.Read()) throw Refuse(_json.Length, "the file ends too early");
        }
        catch (JsonException error)
        {
            var reason = error.Message.Split(" LineNumber:")[0].TrimEnd('.');
            throw new ProvisioningException((int)(error.LineNumber ?? 0) + 1, (int)(error.BytePositionInLine ?? 0) + 1, $"not JSON: {reason}");
        }
    }

    /// <summary>Reads past the last token; anything but white space after it is refused.</summary>
    public void ReadEnd()
    {
        try
        {
            _reader.Read();
        }
        catch (JsonException)
        {
            throw Refuse((int)_reader.BytesConsumed, "something follows the end of the document");
        }
    }

    public readonly void Expect(JsonTokenType token, string what)
    {
        if (_reader.TokenType != token) throw Refuse($"must be {what}, is {Describe(_reader.TokenType)}");
    }

    public readonly string Text(string field)
    {
        Expect(JsonTokenType.String, $"a text (\"{field}\")");
        return Decode();
    }

    public readonly bool YesOrNo(string field) => _reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Refuse($"must be true or false (\"{field}\"), is {Describe(_reader.TokenType)}"),
    };

    public readonly string PropertyName() => Decode();

    public readonly int Number(string field, int least, int most)
    {
        Expect(JsonTokenType.Number, $"a number (\"{field}\")");
        if (!_reader.TryGetInt32(out var number) || number < least || number > most)
            throw Refuse($"\"{field}\" must be a whole number from {least} to {most}");
        return number;
    }

    public readonly ProvisioningException Refuse(string reason) => Refuse(Position, reason);

    public readonly ProvisioningException Refuse(int position, string reason)
    {
        var before = _json[..Math.Min(position, _json.Length)];
        return new ProvisioningException(before.Count((byte)'\n') + 1, position - before.LastIndexOf((byte)'\n'), reason);
    }

    private readonly string Decode()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Refuse("the text is not valid Unicode");
        }
    }

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        _ => "something else",
    };
}
