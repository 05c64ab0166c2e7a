using System.Net;
using Webphone.Sip.Headers;

namespace Webphone.Sip.Messages;

/// <summary>
/// The received and rport values that the server transport adds to the top Via of a request
/// (<a href="https://www.rfc-editor.org/rfc/rfc3261#section-18.2.1">RFC 3261 §18.2.1</a>, <a href="https://www.rfc-editor.org/rfc/rfc3581#section-4">RFC 3581 §4</a>).
/// Values that the client put there itself are never believed: they are replaced.
/// </summary>
/// <param name="Received">The source address, or null if sent-by says the same and rport was not asked for.</param>
/// <param name="Rport">The source port, or 0 if rport was not asked for.</param>
public readonly record struct ViaStamp(IPAddress? Received, int Rport)
{
    public bool IsEmpty => Received is null && Rport == 0;

    internal static ViaStamp For(SipMessage request, IPAddress source, int port)
    {
        if (source.IsIPv4MappedToIPv6)
            source = source.MapToIPv4();
        if (request.ViaHasRport)
            return new ViaStamp(source, port);
        return source.Equals(HostPort.Address(request.ViaHost)) && !request.ViaHasReceived ? default : new ViaStamp(source, 0);
    }
}
