using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Text;
using Webphone.Sip.Headers;

namespace Webphone.Sip.Messages;

/// <summary>
/// Writes one message into a pooled buffer. Values cannot break out of their line: control characters become spaces, so a fold copied from a
/// received header is unfolded and an injected CRLF is harmless. Pass by <c>ref</c>, dispose when written; <see cref="ToArray"/> is the message.
/// </summary>
public ref struct SipWriter
{
    private Span<byte> _buffer;
    private byte[]? _rented;
    private int _length;

    /// <summary>Room for a usual message at first.</summary>
    public SipWriter()
        : this(2048)
    {
    }

    public SipWriter(int capacity) => _buffer = _rented = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Writes into the caller's room first; only a message that it cannot hold takes a pooled buffer.</summary>
    public SipWriter(Span<byte> room) => _buffer = room;

    /// <summary>What is written so far; valid until the next write or <see cref="Dispose"/>.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public readonly byte[] ToArray() => Written.ToArray();

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        _rented = null;
        _buffer = default;
        _length = 0;
    }

    public void RequestLine(SipMethod method, scoped ReadOnlySpan<byte> uri) => RequestLine(method.Token(), uri);

    public void RequestLine(scoped ReadOnlySpan<byte> method, scoped ReadOnlySpan<byte> uri)
    {
        Raw(method);
        Raw((byte)' ');
        Text(uri);
        Raw(" SIP/2.0\r\n"u8);
    }

    /// <summary>An empty phrase stands for the registered one.</summary>
    public void StatusLine(int status, scoped ReadOnlySpan<byte> phrase = default)
    {
        Raw("SIP/2.0 "u8);
        Number((uint)status);
        Raw((byte)' ');
        if (phrase.IsEmpty)
            Raw(StatusPhrases.Of(status));
        else
            Text(phrase);
        EndLine();
    }

    public void Header(HeaderName name, scoped ReadOnlySpan<byte> value)
    {
        Raw(name.Prefix());
        Text(value);
        EndLine();
    }

    public void Header(HeaderName name, string value)
    {
        Raw(name.Prefix());
        Text(value);
        EndLine();
    }

    public void Header(HeaderName name, uint value)
    {
        Raw(name.Prefix());
        Number(value);
        EndLine();
    }

    /// <summary>A header that <see cref="HeaderName"/> does not know.</summary>
    public void Header(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Text(name);
        Raw(": "u8);
        Text(value);
        EndLine();
    }

    public void CSeq(uint number, SipMethod method) => CSeq(number, method.Token());

    public void CSeq(uint number, scoped ReadOnlySpan<byte> method)
    {
        Raw(HeaderName.CSeq.Prefix());
        Number(number);
        Raw((byte)' ');
        Text(method);
        EndLine();
    }

    /// <summary>Our own Via, asking for rport (RFC 3581). An IPv6 sent-by host must come in brackets.</summary>
    public void Via(SipTransport transport, scoped ReadOnlySpan<byte> sentBy, scoped ReadOnlySpan<byte> branch)
    {
        Raw("Via: SIP/2.0/"u8);
        Raw(transport.Token());
        Raw((byte)' ');
        Text(sentBy);
        Raw(";rport;branch="u8);
        Text(branch);
        EndLine();
    }

    /// <summary>From, To, Contact or any other address: the display name is quoted as needed, an empty tag is left out.</summary>
    public void Address(HeaderName name, string displayName, scoped ReadOnlySpan<byte> uri, scoped ReadOnlySpan<byte> tag = default)
    {
        BeginHeader(name);
        NameAddr(displayName, uri);
        if (!tag.IsEmpty)
        {
            Raw(";tag="u8);
            Text(tag);
        }

        EndLine();
    }

    /// <summary>Starts a header that is written in pieces; <see cref="EndLine"/> ends it.</summary>
    public void BeginHeader(HeaderName name) => Raw(name.Prefix());

    public void NameAddr(string displayName, scoped ReadOnlySpan<byte> uri)
    {
        if (displayName.Length > 0)
        {
            Quoted(displayName);
            Raw((byte)' ');
        }

        Raw((byte)'<');
        Text(uri);
        Raw((byte)'>');
    }

    /// <summary>A quoted string with its escapes.</summary>
    public void Quoted(string text)
    {
        Raw((byte)'"');
        var count = Encoding.UTF8.GetByteCount(text);
        Span<byte> bytes = count <= 256 ? stackalloc byte[256] : new byte[count];
        bytes = bytes[..Encoding.UTF8.GetBytes(text, bytes)];
        foreach (var c in bytes)
        {
            if (c is (byte)'"' or (byte)'\\')
                Raw((byte)'\\');
            Raw(c is < 0x20 or 0x7F ? (byte)' ' : c);
        }

        Raw((byte)'"');
    }

    /// <summary>Text within a header's value.</summary>
    public void Text(scoped ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAny(SipCharacters.Controls) < 0)
            Raw(text);
        else
            Cleaned(text);
    }

    public void Text(string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        var target = Reserve(count);
        Encoding.UTF8.GetBytes(text, target);
        foreach (ref var c in target[..count])
        {
            if (SipCharacters.Controls.Contains(c))
                c = (byte)' ';
        }

        _length += count;
    }

    public void Number(uint value)
    {
        Utf8Formatter.TryFormat(value, Reserve(10), out var written);
        _length += written;
    }

    public void Address(IPAddress address)
    {
        address.TryFormat(Reserve(64), out var written);
        _length += written;
    }

    public void EndLine() => Raw("\r\n"u8);

    /// <summary>Copies every line of a header from a received message, unfolded, its order kept.</summary>
    public void Copy(SipMessage source, HeaderName name)
    {
        foreach (ref readonly var line in source.Lines)
        {
            if (line.Name == name)
                Header(name, source.Span.Slice(line.ValueStart, line.ValueLength));
        }
    }

    /// <summary>Ends the message with a body and its length.</summary>
    public void Body(scoped ReadOnlySpan<byte> contentType, scoped ReadOnlySpan<byte> body)
    {
        Header(HeaderName.ContentType, contentType);
        Header(HeaderName.ContentLength, (uint)body.Length);
        EndLine();
        Raw(body);
    }

    /// <summary>Ends the message without a body.</summary>
    public void NoBody() => Raw("Content-Length: 0\r\n\r\n"u8);

    private void Cleaned(scoped ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            if (!SipCharacters.Controls.Contains(c))
                Raw(c);
            else if (_length > 0 && _buffer[_length - 1] != ' ')
                Raw((byte)' ');
        }
    }

    /// <summary>A header of a received message that is known to hold no control character: as it stands there if that is how we would write it.</summary>
    internal void CleanLine(scoped ReadOnlySpan<byte> message, in HeaderLine line)
    {
        var prefix = line.Name.Prefix();
        var end = line.ValueStart + line.ValueLength;
        if (line.ValueStart - line.NameStart == prefix.Length && message[end..].StartsWith("\r\n"u8))
        {
            Raw(message[line.NameStart..(end + 2)]);
            return;
        }

        Raw(prefix);
        Raw(message[line.ValueStart..end]);
        EndLine();
    }

    /// <summary>Bytes that are known to be clean.</summary>
    internal void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    internal void Raw(byte c)
    {
        Reserve(1)[0] = c;
        _length++;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
            Grow(count);
        return _buffer[_length..];
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + count));
        Written.CopyTo(larger);
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        _buffer = _rented = larger;
    }
}
