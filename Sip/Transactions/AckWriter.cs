using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Transactions;

/// <summary>Writes the two requests that are made of a sent INVITE and belong to its transaction: ACK for a 3xx to 6xx, and CANCEL.</summary>
internal static class AckWriter
{
    /// <summary>The ACK of a failure: the INVITE's top Via, the response's To (RFC 3261 §17.1.1.3).</summary>
    public static byte[] Ack(ReadOnlyMemory<byte> invite, SipMessage response) => Write(invite, SipMethod.Ack, response);

    /// <summary>The CANCEL: the INVITE's Request-URI, Via, From, To, Call-ID, CSeq number and Route (RFC 3261 §9.1).</summary>
    public static byte[] Cancel(ReadOnlyMemory<byte> invite, ReadOnlySpan<byte> headers = default) => Write(invite, SipMethod.Cancel, null, headers);

    private static byte[] Write(ReadOnlyMemory<byte> invite, SipMethod method, SipMessage? response, ReadOnlySpan<byte> headers = default)
    {
        if (!SipMessage.TryParse(invite, out var sent, out var error) || sent is null)
            throw new InvalidOperationException($"Our own INVITE does not parse: {error}");
        var writer = new SipWriter(1024);
        try
        {
            writer.RequestLine(method, sent.RequestUri);
            writer.Header(HeaderName.Via, sent.Headers(HeaderName.Via).First);
            writer.Header(HeaderName.MaxForwards, 70);
            writer.Copy(sent, HeaderName.Route);
            writer.Copy(sent, HeaderName.From);
            writer.Copy(response ?? sent, HeaderName.To);
            writer.Header(HeaderName.CallId, sent.CallId);
            writer.CSeq(sent.CSeqNumber, method);
            writer.Raw(headers);
            writer.NoBody();
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }
}
