using Webphone.Sip.Headers;

namespace Webphone.Sip.Messages;

/// <summary>One part of a multipart body: its header lines as bytes, its content.</summary>
public readonly record struct BodyPart(ReadOnlyMemory<byte> ContentType, ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Content);

/// <summary>Splits multipart bodies (<a href="https://www.rfc-editor.org/rfc/rfc2046#section-5.1">RFC 2046 §5.1</a>).</summary>
public static class MultipartBody
{
    /// <summary>The parts in their order; false if the boundary does not hold or there are too many.</summary>
    public static bool TrySplit(ReadOnlyMemory<byte> body, ReadOnlySpan<byte> boundary, out IReadOnlyList<BodyPart> parts)
    {
        var found = new List<BodyPart>();
        parts = found;
        if (boundary.Length is 0 or > 70)
            return false;
        Span<byte> delimiter = stackalloc byte[boundary.Length + 2];
        "--"u8.CopyTo(delimiter);
        boundary.CopyTo(delimiter[2..]);
        var position = FindDelimiter(body.Span, 0, delimiter);
        while (position >= 0)
        {
            var after = position + delimiter.Length;
            if (body.Span[after..].StartsWith("--"u8))
                return true;
            var lineEnd = body.Span[after..].IndexOf("\r\n"u8);
            if (lineEnd < 0 || SipCharacters.TrimLws(body.Span.Slice(after, lineEnd)).Length > 0)
                return false;
            var start = after + lineEnd + 2;
            var next = FindDelimiter(body.Span, start, delimiter);
            if (next < 0 || found.Count == SipLimits.MultipartParts)
                return false;
            found.Add(Part(body[start..Math.Max(start, next - 2)]));
            position = next;
        }

        return false;
    }

    /// <summary>The first content of the type, looked for in the body itself and in multipart bodies down to <see cref="SipLimits.MultipartDepth"/>.</summary>
    public static bool TryFind(ReadOnlySpan<byte> contentType, ReadOnlyMemory<byte> body, ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype, out ReadOnlyMemory<byte> content) =>
        TryFind(contentType, body, type, subtype, SipLimits.MultipartDepth, out content);

    private static bool TryFind(
        ReadOnlySpan<byte> contentType, ReadOnlyMemory<byte> body, ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype, int depth, out ReadOnlyMemory<byte> content)
    {
        content = default;
        if (!MediaType.TryParse(contentType, out var media, out _))
            return false;
        if (media.Is(type, subtype))
        {
            content = body;
            return true;
        }

        if (!media.IsMultipart || depth == 0 || !TrySplit(body, media.Boundary, out var parts))
            return false;
        foreach (var part in parts)
        {
            if (TryFind(part.ContentType.Span, part.Content, type, subtype, depth - 1, out content))
                return true;
        }

        return false;
    }

    /// <summary>A delimiter stands at the start of a line.</summary>
    private static int FindDelimiter(ReadOnlySpan<byte> body, int from, ReadOnlySpan<byte> delimiter)
    {
        while (from <= body.Length)
        {
            var next = body[from..].IndexOf(delimiter);
            if (next < 0)
                return -1;
            from += next;
            if (from == 0 || (from >= 2 && body[from - 2] == '\r' && body[from - 1] == '\n'))
                return from;
            from++;
        }

        return -1;
    }

    private static BodyPart Part(ReadOnlyMemory<byte> part)
    {
        ReadOnlyMemory<byte> head = default, content = part;
        if (part.Span.StartsWith("\r\n"u8))
        {
            content = part[2..];
        }
        else
        {
            var blank = part.Span.IndexOf("\r\n\r\n"u8);
            head = blank < 0 ? part : part[..blank];
            content = blank < 0 ? default : part[(blank + 4)..];
        }

        return new BodyPart(FindContentType(head), head, content);
    }

    /// <summary>Without the header a part is text/plain (RFC 2046 §5.1).</summary>
    private static ReadOnlyMemory<byte> FindContentType(ReadOnlyMemory<byte> head)
    {
        var position = 0;
        while (position < head.Length)
        {
            var rest = head.Span[position..];
            var end = rest.IndexOf("\r\n"u8);
            var length = end < 0 ? rest.Length : end;
            var colon = rest[..length].IndexOf((byte)':');
            if (colon > 0 && HeaderNames.Parse(SipCharacters.TrimLws(rest[..colon])) == HeaderName.ContentType)
                return head.Slice(position + colon + 1, length - colon - 1);
            position += length + 2;
        }

        return "text/plain"u8.ToArray();
    }
}
