using System.Runtime.CompilerServices;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Headers;

/// <summary>Walks one header value. Folding is already checked by the message parser, so CR and LF count as white space here.</summary>
internal ref struct Lexer(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position >= _text.Length;

    /// <summary>The next byte, or 0 at the end; a NUL in the text is no expected byte anywhere.</summary>
    public readonly byte Peek => Position < _text.Length ? _text[Position] : (byte)0;

    public readonly ReadOnlySpan<byte> Rest => _text[Position..];

    public readonly SipParseError Error(SipParseReason reason) => new(reason, Position);

    public void Advance(int count) => Position += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SkipLws()
    {
        while (Position < _text.Length && SipCharacters.IsLws(_text[Position]))
            Position++;
    }

    /// <summary>Takes the byte, with the white space that the grammar allows around separators.</summary>
    public bool TrySeparator(byte separator)
    {
        var start = Position;
        SkipLws();
        if (Peek != separator)
        {
            Position = start;
            return false;
        }

        Position++;
        SkipLws();
        return true;
    }

    public bool TryToken(out ReadOnlySpan<byte> token) => TryRun(CharacterClass.Token, out token);

    public bool TryRun(CharacterClass wanted, out ReadOnlySpan<byte> run)
    {
        var rest = _text[Position..];
        var length = SipCharacters.RunLength(rest, wanted);
        run = rest[..length];
        Position += length;
        return length > 0;
    }

    /// <summary>Takes a quoted string; the content is without the quotes and still escaped. False if there is none or no end to it.</summary>
    public bool TryQuoted(out ReadOnlySpan<byte> content)
    {
        var end = Peek == '"' ? SipCharacters.QuotedEnd(_text, Position) : -1;
        content = end < 0 ? default : _text[(Position + 1)..(end - 1)];
        Position = end < 0 ? Position : end;
        return end >= 0;
    }

    /// <summary>Takes decimal digits that fit in 32 bits.</summary>
    public bool TryNumber(out uint number)
    {
        number = 0;
        return TryRun(CharacterClass.Digit, out var digits) && Numbers.TryParse(digits, out number);
    }
}
