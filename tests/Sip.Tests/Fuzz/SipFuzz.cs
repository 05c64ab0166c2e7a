using Webphone.Sip.Authentication;
using Webphone.Sip.Framing;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Registration;
using Webphone.Sip.Sdp;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Tests.Fuzz;

/// <summary>
/// The fuzz target: any bytes through everything that reads bytes from a peer. It returns normally whatever they are; what throws is a bug, and so is a taken
/// message whose answer we would not take ourselves.
/// </summary>
public static class SipFuzz
{
    private static readonly RegistrationOptions Registrations = new();

    private static readonly SdpCapabilities Audio = new(
        [new SdpCodec("PCMU", 8000), new SdpCodec("opus", 48000, 2)], new SdpConnection("192.0.2.1", false), 20000);

    private static readonly SdpOrigin Origin = new("-", 1, 1, new SdpConnection("192.0.2.1", false));

    /// <summary>True if the bytes are a message that is taken.</summary>
    public static bool Run(byte[] bytes)
    {
        Frame(bytes);
        ReadPieces(bytes);
        var taken = SipMessage.TryParse(bytes, out var message, out var error);
        if (message is null)
            return false;
        _ = error.Status;
        ReadAll(message);
        if (message.IsRequest)
            Answer(message, taken, error);
        return taken;
    }

    private static void Frame(ReadOnlySpan<byte> bytes)
    {
        var framer = new SipStreamFramer();
        var half = bytes.Length / 2;
        var first = framer.Next(bytes[..half]);
        var rest = bytes[first.Consumed..];
        for (var i = 0; i < 100 && !rest.IsEmpty; i++)
        {
            var frame = framer.Next(rest);
            if (frame.Kind is SipFrameKind.NeedMore or SipFrameKind.Malformed)
                return;
            rest = rest[frame.Consumed..];
        }
    }

    /// <summary>The parsers of single values on the raw bytes: they meet what no message parser filtered for them.</summary>
    private static void ReadPieces(ReadOnlySpan<byte> bytes)
    {
        var piece = bytes[..Math.Min(bytes.Length, 200)];
        _ = SipUri.TryParse(piece, out var uri, out _);
        _ = SipUriComparer.Same(uri, uri);
        _ = uri.UserText;
        ReadValue(piece);
    }

    private static void ReadAll(SipMessage message)
    {
        _ = message.TopVia.ReceivedAddress;
        _ = message.From.DisplayName.Length + message.To.DisplayName.Length;
        if (message.TryGetContact(out var contact))
            _ = contact.QThousandths + contact.Instance.Length + (contact.Expires ?? 0);
        if (message.TryGetRequestUri(out var uri))
            _ = uri.UserText.Length + uri.Headers.Raw.Length + (uri.IsLooseRouter ? 1 : 0);
        for (var name = HeaderName.Unknown; name <= HeaderName.WwwAuthenticate; name++)
        {
            foreach (var value in message.Headers(name))
                ReadValue(value);
        }

        ReadBody(message);
    }

    private static void ReadValue(ReadOnlySpan<byte> value)
    {
        if (NameAddr.TryParse(value, out var address, out _) && !address.TryGetUri(out _))
            throw new InvalidOperationException("An address was taken and its URI was not.");
        _ = Via.TryParse(value, out _, out _);
        _ = ContactValue.TryParse(value, out _, out _);
        _ = CSeqValue.TryParse(value, out _, out _);
        _ = RAckValue.TryParse(value, out _, out _);
        _ = DeltaSeconds.TryParse(value, out _, out _);
        _ = DialogReference.TryParse(value, out _, out _);
        _ = TokenValue.TryParse(value, out _, out _);
        _ = MediaType.TryParse(value, out _, out _);
        _ = SipDate.TryParse(value, out _, out _);
        if (DigestCredentials.TryParse(value, out var credentials, out _))
            _ = credentials.Username.Length + (int)credentials.NonceCount;
        if (DigestChallenge.TryParse(value, out var challenge, out _))
            _ = challenge.OffersAuth;
    }

    private static void ReadBody(SipMessage message)
    {
        if (!MultipartBody.TryFind(message.ContentType, message.Body, "application"u8, "sdp"u8, out var sdp))
            return;
        if (!SdpSession.TryParse(sdp.Span, out var session, out _))
            return;
        if (!SdpSession.TryParse(session!.ToBytes(), out var again, out _) || again!.ToString() != session.ToString())
            throw new InvalidOperationException("A session was taken and what we write of it is not the same.");
        SdpNegotiation.Answer(session, Audio, Origin);
        SdpNegotiation.Apply(SdpNegotiation.Offer(Audio, Origin), session, Audio);
    }

    private static void Answer(SipMessage request, bool taken, SipParseError error)
    {
        request.Stamp(System.Net.IPAddress.Loopback, 5060);
        if (!taken)
        {
            _ = SipResponse.Create(request, error, "tag"u8);
            return;
        }

        _ = RegistrationRequest.TryRead(request, Registrations, out _, out _);
        var answer = SipResponse.Create(request, 200, "tag"u8);
        if (!SipMessage.TryParse(answer, out var parsed, out var reason) || !parsed!.CallId.SequenceEqual(request.CallId) || parsed.CSeqNumber != request.CSeqNumber)
            throw new InvalidOperationException($"A request was taken and its answer was not: {reason}.");
    }
}
