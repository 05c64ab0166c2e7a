using System.Globalization;
using System.Net;
using System.Text;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Net.Sip;

/// <summary>
/// A flow as text, to be kept with a binding: <c>udp|127.0.0.1:5060|192.0.2.7:5062</c>, and for connections their number behind that. The number of
/// a connection of another run of the process finds nothing; a UDP flow is good again as soon as something listens there.
/// </summary>
internal static class FlowText
{
    private const char Separator = '|';

    public static string Write(in SipFlow flow, IPEndPoint local)
    {
        var transport = Encoding.ASCII.GetString(flow.Transport.Token()).ToLowerInvariant();
        return flow.Connection == 0
            ? $"{transport}{Separator}{local}{Separator}{flow.Remote}"
            : $"{transport}{Separator}{local}{Separator}{flow.Remote}{Separator}{flow.Connection.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Reads what <see cref="Write"/> wrote. False when it is not such a text.</summary>
    public static bool TryRead(string text, out SipTransport transport, out IPEndPoint local, out IPEndPoint remote, out long connection)
    {
        (transport, local, remote, connection) = (SipTransport.Unknown, new IPEndPoint(0, 0), new IPEndPoint(0, 0), 0);
        var parts = text.Split(Separator);
        if (parts.Length is < 3 or > 4 || !IPEndPoint.TryParse(parts[1], out var readLocal) || !IPEndPoint.TryParse(parts[2], out var readRemote))
            return false;
        transport = SipTransports.Parse(Encoding.ASCII.GetBytes(parts[0]));
        (local, remote) = (readLocal, readRemote);
        return transport is not SipTransport.Unknown
            && (parts.Length == 3 || long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out connection));
    }
}
