using System.Net;
using System.Text;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Headers;

/// <summary>One Via value (<a href="https://www.rfc-editor.org/rfc/rfc3261#section-20.42">RFC 3261 §20.42</a>).</summary>
public readonly ref struct Via
{
    private Via(ReadOnlySpan<byte> transportToken, ReadOnlySpan<byte> host, int port, HeaderParameters parameters, NotedParameters noted)
    {
        TransportToken = transportToken;
        Host = host;
        Port = port;
        Parameters = parameters;
        Branch = noted.Branch;
        HasRport = noted.HasRport;
        HasReceived = noted.HasReceived;
    }

    public SipTransport Transport => SipTransports.Parse(TransportToken);

    public ReadOnlySpan<byte> TransportToken { get; }

    /// <summary>The host of sent-by; an IPv6 address is in brackets.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>The port of sent-by, or 0 if none is given.</summary>
    public int Port { get; }

    public HeaderParameters Parameters { get; }

    public ReadOnlySpan<byte> Branch { get; }

    public ReadOnlySpan<byte> Received => Parameters.TryGet("received"u8, out var received) ? received : default;

    /// <summary>True where the client asks for its source port (RFC 3581 §3).</summary>
    public bool HasRport { get; }

    public bool HasReceived { get; }

    /// <summary>The port in rport, or 0.</summary>
    public int Rport => Parameters.GetNumber("rport"u8) is { } port and <= 65535 ? (int)port : 0;

    /// <summary>The address in received, bracketed or not (RFC 5118 §4.5), or null.</summary>
    public IPAddress? ReceivedAddress
    {
        get
        {
            var received = Received;
            if (received.Length > 2 && received[0] == '[' && received[^1] == ']')
                received = received[1..^1];
            return IPAddress.TryParse(received, out var address) ? address : null;
        }
    }

    /// <summary>The branch starts with z9hG4bK and has more, so it names a transaction by RFC 3261 §8.1.1.7; else RFC 2543 matching applies.</summary>
    public bool HasRfc3261Branch => IsRfc3261Branch(Branch);

    public static bool IsRfc3261Branch(ReadOnlySpan<byte> branch) => branch.Length > 7 && branch.StartsWith("z9hG4bK"u8);

    /// <summary>Where only the parameters are bad, the sent-by is given although the result is false: an answer can go there.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out Via via, out SipParseError error)
    {
        via = default;
        var position = SipCharacters.LwsEnd(value, 0);
        if (!TryProtocol(value, ref position, out var transport) || !TryHostPort(value, ref position, out var host, out var port))
        {
            error = new SipParseError(SipParseReason.MalformedVia, position);
            return false;
        }

        if (!HeaderParameters.TryParse(value, position, out var parameters, out var noted, out error))
        {
            via = new Via(transport, host, port, default, default);
            return false;
        }

        via = new Via(transport, host, port, parameters, noted);
        if (!noted.AreUniqueInVia)
            error = new SipParseError(SipParseReason.DuplicateParameter, 0);
        return noted.AreUniqueInVia;
    }

    /// <summary>SIP/2.0/UDP with white space allowed around the slashes. Another version is the request line's to refuse (505 must find its way back).</summary>
    private static bool TryProtocol(ReadOnlySpan<byte> value, scoped ref int position, out ReadOnlySpan<byte> transport)
    {
        transport = default;
        if (value[position..].StartsWith("SIP/2.0/"u8))
        {
            position += 8;
        }
        else
        {
            var protocol = position;
            position = SipCharacters.RunEnd(value, protocol, CharacterClass.Token);
            if (!Ascii.EqualsIgnoreCase(value[protocol..position], "SIP"u8) || !TrySlash(value, ref position))
                return false;
            var version = position;
            position = SipCharacters.RunEnd(value, version, CharacterClass.Token);
            if (position == version || !TrySlash(value, ref position))
                return false;
        }

        var start = SipCharacters.LwsEnd(value, position);
        position = SipCharacters.RunEnd(value, start, CharacterClass.Token);
        transport = value[start..position];
        if (transport.IsEmpty || !SipCharacters.IsLws(SipCharacters.At(value, position)))
            return false;
        position = SipCharacters.LwsEnd(value, position);
        return true;
    }

    private static bool TrySlash(ReadOnlySpan<byte> value, scoped ref int position)
    {
        position = SipCharacters.LwsEnd(value, position);
        if (SipCharacters.At(value, position) != '/')
            return false;
        position = SipCharacters.LwsEnd(value, position + 1);
        return true;
    }

    private static bool TryHostPort(ReadOnlySpan<byte> value, scoped ref int position, out ReadOnlySpan<byte> host, out int port)
    {
        port = 0;
        var end = HostPort.HostEnd(value, position);
        host = value[position..end];
        if (host.IsEmpty)
            return false;
        position = SipCharacters.LwsEnd(value, end);
        if (SipCharacters.At(value, position) != ':')
            return true;
        position = SipCharacters.LwsEnd(value, position + 1);
        if (!HostPort.TryPort(value, ref position, out port))
            return false;
        position = SipCharacters.LwsEnd(value, position);
        return true;
    }
}
