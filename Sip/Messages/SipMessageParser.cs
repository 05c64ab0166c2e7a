using Webphone.Sip.Headers;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Messages;

/// <summary>
/// The one pass over a message. The first error is kept; the pass goes on as long as lines can be told apart, so that a bad request can be answered.
/// </summary>
internal ref struct SipMessageParser
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly SipMessage _message;
    private SipParseError _error;
    private HeaderFlags _seen;
    private bool _hasVia;
    private uint? _contentLength;
    private int _position;

    private SipMessageParser(ReadOnlySpan<byte> text, SipMessage message)
    {
        _text = text;
        _message = message;
    }

    public static bool TryParse(ReadOnlyMemory<byte> bytes, out SipMessage? message, out SipParseError error)
    {
        if (bytes.Length > SipLimits.MessageBytes)
        {
            // Only the offsets of the first part fit, and they are all that an answer needs.
            error = new SipParseError(SipParseReason.MessageTooLarge, SipLimits.MessageBytes);
            if (TryParse(bytes[..SipLimits.HeadBytes], out message, out _) && !message!.IsRequest)
                message = null;
            return false;
        }

        message = new SipMessage(bytes);
        var parser = new SipMessageParser(bytes.Span, message);
        parser.Run();
        error = parser._error;
        if (error.IsNone)
            return true;
        if (!parser.CanBeAnswered)
            message = null;
        return false;
    }

    /// <summary>A response goes where the top Via says, so there must be one; an ACK is never answered (RFC 3261 §17.1.1.3).</summary>
    private readonly bool CanBeAnswered => _error.Status != 0 && _message.IsRequest && _message.Method != SipMethod.Ack && _hasVia;

    private void Run()
    {
        while (_position + 1 < _text.Length && _text[_position] == '\r' && _text[_position + 1] == '\n')
            _position += 2;
        if (_position >= _text.Length)
        {
            Fail(SipParseReason.Empty, _position);
            return;
        }

        if (!StartLine())
            return;
        while (HeaderLineAt())
        {
        }

        CheckWhole();
        CutBody();
    }

    private void Fail(SipParseReason reason, int offset, HeaderName header = HeaderName.Unknown) => Fail(new SipParseError(reason, offset, header));

    private void Fail(SipParseError error)
    {
        if (_error.IsNone)
            _error = error;
    }

    /// <summary>False if this is no SIP at all.</summary>
    private bool StartLine()
    {
        var rest = _text[_position..];
        var length = rest.IndexOfAny(SipCharacters.Controls);
        if (length <= 0 || length + 1 >= rest.Length || rest[length] != '\r' || rest[length + 1] != '\n')
        {
            Fail(SipParseReason.NotSip, _position + Math.Max(length, 0));
            return false;
        }

        var start = _position;
        _position += length + 2;
        var line = rest[..length];
        var parser = new StartLineParser(line, start, _message);
        var understood = line.StartsWith("SIP/"u8) ? parser.StatusLine(out var error) : parser.RequestLine(out error);
        Fail(error);
        return understood;
    }

    /// <summary>Takes one header with its folds. False at the blank line, at the end, and where lines can no longer be told apart.</summary>
    private bool HeaderLineAt()
    {
        var start = _position;
        if (start + 1 < _text.Length && _text[start] == '\r' && _text[start + 1] == '\n')
        {
            _position += 2;
            return false;
        }

        if (!TryLineEnd(start, out var end, out var colon))
            return false;
        var line = _text[start..end];
        if (!TryName(line, ref colon, out var name, out var nameLength))
        {
            Fail(SipParseReason.MalformedHeaderName, start);
            return true;
        }

        var valueStart = colon + 1;
        while (valueStart < line.Length && SipCharacters.IsLws(line[valueStart]))
            valueStart++;
        var valueEnd = line.Length;
        while (valueEnd > valueStart && SipCharacters.IsLws(line[valueEnd - 1]))
            valueEnd--;
        var value = line[valueStart..valueEnd];
        valueStart += start;
        if (value.Length > SipLimits.HeaderValueBytes)
        {
            Fail(SipParseReason.HeaderTooLong, start, name);
            return true;
        }

        if (_message.LineCount == SipLimits.HeaderLines)
        {
            Fail(SipParseReason.TooManyHeaders, start);
            return false;
        }

        _message.Add(new HeaderLine(name, (byte)nameLength, (ushort)start, (ushort)valueStart, (ushort)value.Length));
        if (name != HeaderName.Unknown)
            Known(name, value, valueStart);
        return true;
    }

    /// <summary>A known name right before the first colon needs no other look; any other is a token, with white space before the colon at most.</summary>
    private static bool TryName(ReadOnlySpan<byte> line, ref int colon, out HeaderName name, out int length)
    {
        length = colon;
        if ((uint)colon < (uint)line.Length && (name = HeaderNames.Parse(line[..colon])) != HeaderName.Unknown)
            return true;
        length = SipCharacters.RunLength(line, CharacterClass.Token);
        colon = length;
        while (colon < line.Length && line[colon] is (byte)' ' or (byte)'\t')
            colon++;
        name = HeaderNames.Parse(line[..length]);
        return length is > 0 and <= SipLimits.HeaderNameBytes && colon < line.Length && line[colon] == ':';
    }

    /// <summary>
    /// Finds the CRLF that no white space follows. Everything that could make another element see other lines than we do is an error:
    /// a bare CR or LF, a NUL, any control character that is not a quoted pair within quotes.
    /// </summary>
    private bool TryLineEnd(int start, out int end, out int colon)
    {
        end = HeadScanner.IndexOfControl(_text, start, out colon);
        for (; end >= 0; end = HeadScanner.IndexOfControl(_text, end))
        {
            if (_text[end] is (byte)'\r' or (byte)'\n')
            {
                if (end + 1 >= _text.Length)
                {
                    Fail(SipParseReason.HeadCutShort, end);
                    return false;
                }

                if (_text[end] == '\n' || _text[end + 1] != '\n')
                {
                    Fail(SipParseReason.BareLineBreak, end);
                    return false;
                }

                if (end + 2 < _text.Length && _text[end + 2] is (byte)' ' or (byte)'\t')
                {
                    _message.HasUncleanHead = true;
                    end += 2;
                    continue;
                }

                _position = end + 2;
                if (_position <= SipLimits.HeadBytes)
                    return true;
                Fail(SipParseReason.HeadTooLarge, SipLimits.HeadBytes);
                return false;
            }

            _message.HasUncleanHead = true;
            if (!IsQuotedPair(_text[start..end]))
            {
                Fail(SipParseReason.ControlCharacter, end);
                return false;
            }

            end++;
        }

        Fail(SipParseReason.HeadCutShort, _text.Length);
        return false;
    }

    /// <summary>quoted-pair may hold any ASCII character but CR and LF (RFC 3261 §25.1), within a quoted string only.</summary>
    private static bool IsQuotedPair(ReadOnlySpan<byte> before)
    {
        var quoted = false;
        for (var i = 0; i < before.Length; i++)
        {
            if (before[i] == '"')
                quoted = !quoted;
            else if (quoted && before[i] == '\\' && ++i == before.Length)
                return true;
        }

        return false;
    }

    private void Known(HeaderName name, ReadOnlySpan<byte> value, int start)
    {
        if (name.IsSingle() && !_seen.Add(name))
        {
            Fail(SipParseReason.DuplicateHeader, start, name);
            return;
        }

        if (!KnownHeaders.Check(_message, name, value, start, ref _hasVia, ref _contentLength, out var error))
            Fail(error);
    }

    private void CheckWhole()
    {
        if (!_hasVia)
            Fail(SipParseReason.MissingVia, _position, HeaderName.Via);
        if (!_seen.Has(HeaderName.From))
            Fail(SipParseReason.MissingFrom, _position, HeaderName.From);
        if (!_seen.Has(HeaderName.To))
            Fail(SipParseReason.MissingTo, _position, HeaderName.To);
        if (!_seen.Has(HeaderName.CallId))
            Fail(SipParseReason.MissingCallId, _position, HeaderName.CallId);
        if (!_seen.Has(HeaderName.CSeq))
            Fail(SipParseReason.MissingCSeq, _position, HeaderName.CSeq);
        if (_message.IsResponse)
            _message.Method = _message.CSeqMethod;
        else if (!_message.MethodRange.Of(_text).SequenceEqual(_message.CSeqMethodRange.Of(_text)))
            Fail(_message.Method == SipMethod.Unknown ? SipParseReason.UnknownMethod : SipParseReason.CSeqMethodMismatch, _position, HeaderName.CSeq);
    }

    private void CutBody()
    {
        var available = _text.Length - _position;
        var length = available;
        if (_contentLength is { } announced)
        {
            if (announced > available)
                Fail(SipParseReason.ContentLengthBeyondMessage, _position, HeaderName.ContentLength);
            else
                length = (int)announced;
        }

        if (length > SipLimits.BodyBytes)
            Fail(SipParseReason.BodyTooLarge, _position);
        _message.BodyStart = (ushort)_position;
        _message.BodyLength = (ushort)length;
    }
}
