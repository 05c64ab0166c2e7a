using System.Net;
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
        var lexer = new Lexer(value);
        lexer.SkipLws();
        if (!TryProtocol(ref lexer, out var transport) || !HostPort.TryHost(ref lexer, out var host))
        {
            error = lexer.Error(SipParseReason.MalformedVia);
            return false;
        }

        var port = 0;
        if (lexer.TrySeparator((byte)':') && !HostPort.TryPort(ref lexer, out port))
        {
            error = lexer.Error(SipParseReason.MalformedVia);
            return false;
        }

        lexer.SkipLws();
        if (!HeaderParameters.TryParse(ref lexer, out var parameters, out var noted, out error))
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
    private static bool TryProtocol(scoped ref Lexer lexer, out ReadOnlySpan<byte> transport)
    {
        transport = default;
        if (!lexer.TryToken(out var protocol) || !System.Text.Ascii.EqualsIgnoreCase(protocol, "SIP"u8) || !lexer.TrySeparator((byte)'/'))
            return false;
        if (!lexer.TryToken(out _) || !lexer.TrySeparator((byte)'/') || !lexer.TryToken(out transport))
            return false;
        if (!SipCharacters.IsLws(lexer.Peek))
            return false;
        lexer.SkipLws();
        return true;
    }
}
