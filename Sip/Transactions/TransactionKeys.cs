using Webphone.Sip.Messages;

namespace Webphone.Sip.Transactions;

/// <summary>
/// What transactions are found by: <see href="https://www.rfc-editor.org/rfc/rfc3261#section-17.1.3">RFC 3261 §17.1.3</see> for responses and
/// <see href="https://www.rfc-editor.org/rfc/rfc3261#section-17.2.3">§17.2.3</see> for requests, with the fall-back for RFC 2543.
/// </summary>
public static class TransactionKeys
{
    /// <summary>The client transaction of a response, or of a request that is about to be sent: top branch and method.</summary>
    public static UInt128 Client(in HashSeed seed, ReadOnlySpan<byte> branch, ReadOnlySpan<byte> method)
    {
        var hash = new KeyedHash(seed);
        hash.Add(branch);
        hash.Add(method);
        return hash.Finish();
    }

    /// <summary>The server transaction of a request; an ACK has the key of its INVITE.</summary>
    public static UInt128 Server(in HashSeed seed, SipMessage request) =>
        Server(seed, request, request.Method == SipMethod.Ack ? SipMethod.Invite.Token() : request.MethodToken);

    /// <summary>The INVITE server transaction that a CANCEL is for.</summary>
    public static UInt128 Cancelled(in HashSeed seed, SipMessage cancel) => Server(seed, cancel, SipMethod.Invite.Token());

    /// <summary>What the copies of one request have in common that came by different ways (RFC 3261 §8.2.2.2).</summary>
    public static UInt128 Merged(in HashSeed seed, SipMessage request)
    {
        var hash = new KeyedHash(seed);
        hash.Add(request.FromTag);
        hash.Add(request.CallId);
        hash.Add(request.CSeqNumber);
        hash.Add(request.CSeqMethodToken);
        return hash.Finish();
    }

    private static UInt128 Server(in HashSeed seed, SipMessage request, ReadOnlySpan<byte> method)
    {
        var hash = new KeyedHash(seed);
        hash.Add(method);
        hash.Add(request.Branch);
        hash.AddIgnoreCase(request.ViaHost);
        hash.Add((ulong)request.ViaPort);
        if (request.HasRfc3261Branch)
            return hash.Finish();
        hash.Add(request.RequestUri);
        hash.Add(request.FromTag);
        hash.Add(request.CallId);
        hash.Add(request.CSeqNumber);
        return hash.Finish();
    }
}
