using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Framing;

/// <summary>
/// Cuts messages out of a TCP or TLS stream (<a href="https://www.rfc-editor.org/rfc/rfc3261#section-18.3">RFC 3261 §18.3</a>). One per connection.
/// Give it the unconsumed bytes each time; it remembers how far it has searched, so that slow senders cost no more than fast ones.
/// </summary>
public sealed class SipStreamFramer
{
    private int _searched;
    private int _messageLength;
    private bool _afterCrlf;

    /// <param name="buffered">All bytes received and not yet consumed, starting where the last frame's Consumed ended.</param>
    public SipFrame Next(ReadOnlySpan<byte> buffered)
    {
        if (_messageLength > 0)
            return buffered.Length < _messageLength ? default : Whole(_messageLength);
        if (buffered.IsEmpty || buffered is [(byte)'\r'])
            return default;
        if (_searched == 0 && buffered[0] == '\r' && buffered[1] == '\n')
            return KeepAlive(buffered);
        return Message(buffered);
    }

    private SipFrame KeepAlive(ReadOnlySpan<byte> buffered)
    {
        // A ping may arrive in two reads: the second CRLF in a row always makes one.
        if (_afterCrlf)
        {
            _afterCrlf = false;
            return new SipFrame(SipFrameKind.Ping, 0, 0, 2);
        }

        if (buffered is [_, _, (byte)'\r', (byte)'\n', ..])
            return new SipFrame(SipFrameKind.Ping, 0, 0, 4);
        _afterCrlf = true;
        return new SipFrame(SipFrameKind.Pong, 0, 0, 2);
    }

    private SipFrame Message(ReadOnlySpan<byte> buffered)
    {
        _afterCrlf = false;
        var from = Math.Max(_searched - 3, 0);
        var end = buffered[from..].IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            _searched = buffered.Length;
            return buffered.Length > SipLimits.HeadBytes ? Malformed(SipParseReason.HeadTooLarge, SipLimits.HeadBytes, 0, buffered.Length) : default;
        }

        var head = from + end + 4;
        if (head > SipLimits.HeadBytes)
            return Malformed(SipParseReason.HeadTooLarge, SipLimits.HeadBytes, 0, buffered.Length);
        var problem = ContentLength(buffered[..head], out var length);
        if (problem != SipParseReason.None)
            return Malformed(problem, 0, head, buffered.Length);
        if (length > SipLimits.BodyBytes)
            return Malformed(SipParseReason.BodyTooLarge, head, head, buffered.Length);
        if (head + (int)length > SipLimits.MessageBytes)
            return Malformed(SipParseReason.MessageTooLarge, head, head, buffered.Length);
        _messageLength = head + (int)length;
        return buffered.Length < _messageLength ? default : Whole(_messageLength);
    }

    private SipFrame Whole(int length)
    {
        _messageLength = 0;
        _searched = 0;
        return new SipFrame(SipFrameKind.Message, 0, length, length);
    }

    private static SipFrame Malformed(SipParseReason reason, int offset, int headLength, int all) =>
        new(SipFrameKind.Malformed, 0, headLength, all, new SipParseError(reason, offset));

    /// <summary>Exactly one Content-Length, of digits only: two of them are how requests are smuggled past a neighbour.</summary>
    private static SipParseReason ContentLength(ReadOnlySpan<byte> head, out uint length)
    {
        length = 0;
        var found = false;
        var position = head.IndexOf("\r\n"u8) + 2;
        while (position < head.Length - 2)
        {
            var end = LineEnd(head, position);
            var line = head[position..end];
            position = end + 2;
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || HeaderNames.Parse(SipCharacters.TrimLws(line[..colon])) != HeaderName.ContentLength)
                continue;
            if (found)
                return SipParseReason.DuplicateHeader;
            if (!Numbers.TryParse(SipCharacters.TrimLws(line[(colon + 1)..]), out length))
                return SipParseReason.MalformedContentLength;
            found = true;
        }

        return found ? SipParseReason.None : SipParseReason.ContentLengthMissing;
    }

    /// <summary>The end of a header that starts at the position, its folds included.</summary>
    private static int LineEnd(ReadOnlySpan<byte> head, int position)
    {
        while (true)
        {
            position += head[position..].IndexOf("\r\n"u8);
            if (head[position + 2] is not ((byte)' ' or (byte)'\t'))
                return position;
            position += 2;
        }
    }
}
