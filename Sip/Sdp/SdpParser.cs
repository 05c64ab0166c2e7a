using System.Globalization;
using System.Text;

namespace Webphone.Sip.Sdp;

/// <summary>Reads descriptions line by line; CRLF or LF, as RFC 8866 §5 wants of parsers.</summary>
internal sealed class SdpParser
{
    private readonly List<SdpMedia> _media = [];
    private readonly List<SdpLine> _sessionLines = [];
    private readonly List<SdpAttribute> _sessionAttributes = [];
    private SdpOrigin? _origin;
    private string _name = "-";
    private SdpConnection? _connection;
    private SdpMedia? _current;
    private List<SdpLine> _lines = [];
    private List<SdpAttribute> _attributes = [];

    public static bool TryParse(ReadOnlySpan<byte> text, out SdpSession? session, out SdpError error)
    {
        session = null;
        if (text.Length > SdpLimits.Bytes)
        {
            error = new SdpError(SdpErrorReason.TooLarge, 0);
            return false;
        }

        var parser = new SdpParser();
        var number = 0;
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            number++;
            if (line.EndsWith("\r"u8))
                line = line[..^1];
            if (line.IsEmpty)
                continue;
            var reason = number > SdpLimits.Lines ? SdpErrorReason.TooManyLines : parser.Line(line, number);
            if (reason == SdpErrorReason.None)
                continue;
            error = new SdpError(reason, number);
            return false;
        }

        session = parser.Finish();
        error = session is null ? new SdpError(SdpErrorReason.MissingOrigin, number) : default;
        return session is not null;
    }

    private SdpErrorReason Line(ReadOnlySpan<byte> line, int number)
    {
        if (line.Length < 2 || line[1] != '=' || line[0] is < (byte)'a' or > (byte)'z')
            return SdpErrorReason.MalformedLine;
        if (line.ContainsAny((byte)0, (byte)'\r'))
            return SdpErrorReason.NotText;
        var value = Encoding.UTF8.GetString(line[2..]);
        switch (line[0])
        {
            case (byte)'v':
                return value == "0" && number == 1 ? SdpErrorReason.None : SdpErrorReason.UnsupportedVersion;
            case (byte)'o' when _current is null && _origin is null:
                return (_origin = Origin(value)) is null ? SdpErrorReason.MalformedOrigin : SdpErrorReason.None;
            case (byte)'o' or (byte)'s' when _current is not null:
                return SdpErrorReason.MalformedLine;
            case (byte)'s':
                _name = value;
                return SdpErrorReason.None;
            case (byte)'c':
                return Connection(value);
            case (byte)'m':
                return Media(value);
            case (byte)'a':
                (_current is null ? _sessionAttributes : _attributes).Add(SdpAttribute.Parse(value));
                return SdpErrorReason.None;
            default:
                (_current is null ? _sessionLines : _lines).Add(new SdpLine((char)line[0], value));
                return SdpErrorReason.None;
        }
    }

    private SdpSession? Finish()
    {
        EndMedia();
        return _origin is null ? null : new SdpSession(_origin, _media)
        {
            Name = _name,
            Connection = _connection,
            OtherLines = _sessionLines,
            Attributes = _sessionAttributes,
        };
    }

    private static SdpOrigin? Origin(string value)
    {
        var fields = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 6 || !TryNumber(fields[1], out var id) || !TryNumber(fields[2], out var version))
            return null;
        return Address(fields[3], fields[4], fields[5]) is { } address ? new SdpOrigin(fields[0], id, version, address) : null;
    }

    private SdpErrorReason Connection(string value)
    {
        var fields = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 3 || Address(fields[0], fields[1], fields[2]) is not { } connection)
            return SdpErrorReason.MalformedConnection;
        if (_current is null)
            _connection ??= connection;
        else
            _current = _current with { Connection = _current.Connection ?? connection };
        return SdpErrorReason.None;
    }

    private static SdpConnection? Address(string net, string type, string address) =>
        net == "IN" && type is "IP4" or "IP6" ? new SdpConnection(address, type == "IP6") : null;

    private SdpErrorReason Media(string value)
    {
        EndMedia();
        if (_media.Count == SdpLimits.Media)
            return SdpErrorReason.TooManyMedia;
        var fields = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is < 4 or > SdpLimits.Formats + 3)
            return SdpErrorReason.MalformedMedia;
        var port = fields[1].Split('/');
        var count = 1;
        if (!SdpMedia.TryPort(port[0], out var number) || port.Length > 2 || (port.Length == 2 && (!SdpMedia.TryPort(port[1], out count) || count == 0)))
            return SdpErrorReason.MalformedMedia;
        _current = new SdpMedia(fields[0], number, fields[2], fields[3..]) { PortCount = count };
        return SdpErrorReason.None;
    }

    private void EndMedia()
    {
        if (_current is null)
            return;
        _media.Add(_current with { OtherLines = _lines, Attributes = _attributes });
        _lines = [];
        _attributes = [];
    }

    /// <summary>Phones write numbers above 64 bits here; the largest stands for them.</summary>
    private static bool TryNumber(string text, out ulong number)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            return true;
        number = ulong.MaxValue;
        return text.Length is > 0 and <= 64 && text.All(char.IsAsciiDigit);
    }
}
