using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Messages;

/// <summary>
/// One request or response over the bytes it came in: nothing is copied, and what every layer needs (start line, top Via, From, To,
/// Call-ID, CSeq) is found and checked in the one pass of <see cref="TryParse"/>. The message owns the bytes: the caller must not reuse them.
/// Read-only after parsing but for <see cref="Stamp"/>, so any thread may read it.
/// </summary>
public sealed class SipMessage
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private FirstLines _firstLines;
    private HeaderLine[]? _allLines;
    private ViaStamp _stamp;

    internal SipMessage(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    public bool IsRequest { get; internal set; }

    public bool IsResponse => !IsRequest;

    /// <summary>The method of a request; of a response the one in its CSeq.</summary>
    public SipMethod Method { get; internal set; }

    public ReadOnlySpan<byte> MethodToken => MethodRange.Of(Span);

    /// <summary>The Request-URI's bytes; they have been parsed.</summary>
    public ReadOnlySpan<byte> RequestUri => UriRange.Of(Span);

    /// <summary>100 to 699; 0 for a request.</summary>
    public int StatusCode { get; internal set; }

    public ReadOnlySpan<byte> ReasonPhrase => ReasonRange.Of(Span);

    /// <summary>The whole message as it came.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    public ReadOnlyMemory<byte> Body => _bytes.Slice(BodyStart, BodyLength);

    public ReadOnlySpan<byte> CallId => CallIdRange.Of(Span);

    public uint CSeqNumber { get; internal set; }

    /// <summary>Equal to <see cref="Method"/> but for a broken request.</summary>
    public SipMethod CSeqMethod { get; internal set; }

    public ReadOnlySpan<byte> CSeqMethodToken => CSeqMethodRange.Of(Span);

    public ReadOnlySpan<byte> FromTag => FromTagRange.Of(Span);

    public ReadOnlySpan<byte> ToTag => ToTagRange.Of(Span);

    /// <summary>The branch of the top Via; empty if it has none (RFC 2543).</summary>
    public ReadOnlySpan<byte> Branch => BranchRange.Of(Span);

    /// <summary>The top Via's branch names a transaction by itself (RFC 3261 §17.2.3).</summary>
    public bool HasRfc3261Branch => Webphone.Sip.Headers.Via.IsRfc3261Branch(Branch);

    public SipTransport ViaTransport { get; internal set; }

    /// <summary>The host of the top Via's sent-by.</summary>
    public ReadOnlySpan<byte> ViaHost => ViaHostRange.Of(Span);

    /// <summary>The port of the top Via's sent-by, or 0.</summary>
    public int ViaPort { get; internal set; }

    /// <summary>0 to 255, or null if the header is not there (RFC 3261 §16.3 then assumes 70).</summary>
    public int? MaxForwards { get; internal set; }

    /// <summary>The Expires header in seconds, or null.</summary>
    public uint? Expires { get; internal set; }

    /// <summary>The top Via in full; of a bad request without its parameters if those are bad.</summary>
    public Via TopVia
    {
        get
        {
            _ = Webphone.Sip.Headers.Via.TryParse(Headers(HeaderName.Via).First, out var via, out _);
            return via;
        }
    }

    public NameAddr From => Address(HeaderName.From);

    public NameAddr To => Address(HeaderName.To);

    /// <summary>The first Contact; false if there is none.</summary>
    public bool TryGetContact(out ContactValue contact)
    {
        contact = default;
        var value = Headers(HeaderName.Contact).First;
        return !value.IsEmpty && ContactValue.TryParse(value, out contact, out _);
    }

    /// <summary>The Request-URI parsed; false for a response.</summary>
    public bool TryGetRequestUri(out SipUri uri) => SipUri.TryParse(RequestUri, out uri, out _);

    public ReadOnlySpan<byte> ContentType => Headers(HeaderName.ContentType).First;

    /// <summary>What the transport saw of the sender, for the response's top Via (<see cref="ViaStamp"/>).</summary>
    public ViaStamp ReceivedStamp => _stamp;

    /// <summary>The values of a header in their order, over all its lines, lists split at their commas.</summary>
    public HeaderValues Headers(HeaderName name) => new(Span, Lines, name, default);

    /// <summary>The lines of a header that <see cref="HeaderName"/> does not know, by its name in any case.</summary>
    public HeaderValues Headers(ReadOnlySpan<byte> name) => new(Span, Lines, HeaderNames.Parse(name), name);

    public bool Has(HeaderName name)
    {
        foreach (ref readonly var line in Lines)
        {
            if (line.Name == name)
                return true;
        }

        return false;
    }

    /// <summary>The first value as text, or null if the header is not there.</summary>
    public string? HeaderText(HeaderName name)
    {
        var values = Headers(name).GetEnumerator();
        return values.MoveNext() ? QuotedText.Decode(values.Current, quoted: false) : null;
    }

    /// <summary>True if a list header such as Supported or Require has the token, in any case.</summary>
    public bool HasToken(HeaderName name, ReadOnlySpan<byte> token)
    {
        foreach (var value in Headers(name))
        {
            if (Ascii.EqualsIgnoreCase(value, token))
                return true;
        }

        return false;
    }

    /// <summary>Keeps where the request came from, as RFC 3261 §18.2.1 and RFC 3581 §4 want it in the top Via of every response.</summary>
    public void Stamp(IPAddress source, int port) => _stamp = ViaStamp.For(this, source, port);

    /// <summary>
    /// Parses one datagram, or one message that <see cref="Framing.SipStreamFramer"/> cut out of a stream. Bytes beyond Content-Length are ignored.
    /// False means that the message must not be processed. It is given nevertheless, as far as it was understood, when the sender should get
    /// <see cref="SipParseError.Status"/>; it is null when the bytes are to be dropped.
    /// </summary>
    public static bool TryParse(ReadOnlyMemory<byte> datagram, out SipMessage? message, out SipParseError error) =>
        SipMessageParser.TryParse(datagram, out message, out error);

    internal TextRange MethodRange { get; set; }

    internal TextRange UriRange { get; set; }

    internal TextRange ReasonRange { get; set; }

    internal TextRange CallIdRange { get; set; }

    internal TextRange CSeqMethodRange { get; set; }

    internal TextRange FromTagRange { get; set; }

    internal TextRange ToTagRange { get; set; }

    internal TextRange BranchRange { get; set; }

    internal TextRange ViaHostRange { get; set; }

    internal bool ViaHasRport { get; set; }

    internal bool ViaHasReceived { get; set; }

    /// <summary>A fold or an escaped control character stands in the head: values must be cleaned when they are copied.</summary>
    internal bool HasUncleanHead { get; set; }

    internal ushort BodyStart { get; set; }

    internal ushort BodyLength { get; set; }

    internal ReadOnlySpan<byte> Span => _bytes.Span;

    internal int LineCount { get; private set; }

    internal ReadOnlySpan<HeaderLine> Lines => _allLines is null ? ((ReadOnlySpan<HeaderLine>)_firstLines)[..LineCount] : _allLines.AsSpan(0, LineCount);

    internal void Add(HeaderLine line)
    {
        if (_allLines is null && LineCount < FirstLines.Count)
        {
            _firstLines[LineCount++] = line;
            return;
        }

        if (_allLines is null)
            ((ReadOnlySpan<HeaderLine>)_firstLines).CopyTo(_allLines = new HeaderLine[FirstLines.Count * 2]);
        else if (LineCount == _allLines.Length)
            Array.Resize(ref _allLines, LineCount * 2);
        _allLines[LineCount++] = line;
    }

    private NameAddr Address(HeaderName name) => NameAddr.TryParse(Headers(name).First, out var address, out _) ? address : default;

    public override string ToString() => Encoding.UTF8.GetString(Span);

    /// <summary>The lines of a usual message, within the message itself.</summary>
    [InlineArray(Count)]
    private struct FirstLines
    {
        public const int Count = 20;

        private HeaderLine _line;
    }
}
