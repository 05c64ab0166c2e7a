using System.Net;
using System.Text;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests.Harness.Load;

/// <summary>The messages of a <see cref="FlowPhone"/> as text.</summary>
public static class FlowText
{
    public static string Request(
        string method, string uri, string callId, string from, string to, int cseq, string branch, IPEndPoint local, IEnumerable<(string Name, string Value)> headers, string body = "")
    {
        var text = new StringBuilder($"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch={branch};rport\r\nMax-Forwards: 70\r\n");
        text.Append($"From: {from}\r\nTo: {to}\r\nCall-ID: {callId}\r\nCSeq: {cseq} {method}\r\n");
        foreach (var (name, value) in headers) text.Append($"{name}: {value}\r\n");
        if (body.Length > 0) text.Append("Content-Type: application/sdp\r\n");
        return text.Append($"Content-Length: {body.Length}\r\n\r\n{body}").ToString();
    }

    public static string Response(SipText request, int status, string reason, string tag, IPEndPoint local, string body = "")
    {
        var text = new StringBuilder($"SIP/2.0 {status} {reason}\r\n");
        foreach (var (name, value) in request.Headers)
        {
            if (name.ToLowerInvariant() is "via" or "from" or "call-id" or "cseq" or "record-route") text.Append($"{name}: {value}\r\n");
            else if (name.Equals("To", StringComparison.OrdinalIgnoreCase)) text.Append($"To: {value}{(request.Tag("To").Length == 0 ? $";tag={tag}" : "")}\r\n");
        }

        text.Append($"Contact: <sip:{UserOf(SipText.Uri(request["To"]))}@{local};ob>\r\n");
        if (body.Length > 0) text.Append("Content-Type: application/sdp\r\n");
        return text.Append($"Content-Length: {body.Length}\r\n\r\n{body}").ToString();
    }

    /// <summary>A session description for audio at this place.</summary>
    public static string Audio(IPEndPoint place) =>
        $"v=0\r\no=- 7 1 IN IP4 {place.Address}\r\ns=-\r\nc=IN IP4 {place.Address}\r\nt=0 0\r\nm=audio {place.Port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";

    /// <summary>For the audio of a phone that neither says nor hears anything.</summary>
    public static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 9);

    /// <summary>Where a session description wants its audio; null when there is none.</summary>
    public static IPEndPoint? MediaOf(string sdp)
    {
        var lines = sdp.Split("\r\n");
        return Array.Find(lines, line => line.StartsWith("c=IN IP4 ", StringComparison.Ordinal)) is { } address
            && Array.Find(lines, line => line.StartsWith("m=audio ", StringComparison.Ordinal)) is { } audio
            ? new IPEndPoint(IPAddress.Parse(address[9..]), int.Parse(audio.Split(' ')[1]))
            : null;
    }

    public static string UserOf(string uri) => uri[(uri.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('@')[0];
}
