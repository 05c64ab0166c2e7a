namespace Webphone.System.Tests.Harness;

/// <summary>One call of a <see cref="SipPeer"/>, made or taken.</summary>
public sealed class PeerCall
{
    private readonly SipPeer _peer;
    private readonly string _target;
    private readonly string _sdp;
    private readonly (string, string)[] _more;
    private readonly string _callId;
    private string _branch = "";
    private int _inviteCSeq;

    public PeerCall(SipPeer peer, string target, string sdp, (string, string)[] more)
    {
        _peer = peer;
        _target = target;
        _sdp = sdp;
        _more = more;
        _callId = SipPeer.Token();
        To = $"<{target}>";
        From = $"<{peer.Aor}>;tag={peer.FromTag}";
    }

    private PeerCall(SipPeer peer, SipText invite, string localTag)
    {
        _peer = peer;
        _target = SipText.Uri(invite["Contact"]);
        _sdp = "";
        _more = [];
        _callId = invite.CallId;
        Request = invite;
        RemoteTarget = _target;
        From = $"{invite["To"]};tag={localTag}";
        To = invite["From"];
        Answer = invite.Body;
        LocalTag = localTag;
    }

    /// <summary>The INVITE that came in, for a call that was taken.</summary>
    public SipText? Request { get; }

    /// <summary>The last response to the INVITE.</summary>
    public SipText Response { get; private set; } = null!;

    /// <summary>The other side's session description, offer or answer.</summary>
    public string Answer { get; private set; } = "";

    public string CallId => _callId;

    public string From { get; }

    public string To { get; private set; }

    public string LocalTag { get; } = "";

    public string RemoteTarget { get; private set; } = "";

    public string RemoteTag => SipText.Parameter(To, "tag");

    /// <summary>The first credentials that were sent, for replaying them.</summary>
    public string SentCredentials { get; private set; } = "";

    /// <summary>Where the other side wants its audio.</summary>
    public (string Address, int Port) RemoteMedia
    {
        get
        {
            var lines = Answer.Split('\n').Select(l => l.Trim()).ToArray();
            var address = lines.First(l => l.StartsWith("c=", StringComparison.Ordinal)).Split(' ')[^1];
            var port = int.Parse(lines.First(l => l.StartsWith("m=audio", StringComparison.Ordinal)).Split(' ')[1]);
            return (address, port);
        }
    }

    /// <summary>Waits for an INVITE and rings.</summary>
    public static async Task<PeerCall> IncomingAsync(SipPeer peer, TimeSpan? limit = null, bool ring = true)
    {
        var invite = await peer.NextRequestAsync("INVITE", limit);
        var call = new PeerCall(peer, invite, SipPeer.Token());
        if (ring)
        {
            await peer.ReplyAsync(invite, 180, "Ringing", call.LocalTag);
        }

        return call;
    }

    public async Task InviteAsync()
    {
        var challenge = await SendInviteAsync([]);
        if (challenge.Status is 401 or 407)
        {
            await AckFailureAsync(challenge);
            var credentials = _peer.Credentials(challenge, "INVITE", _target);
            SentCredentials = credentials.Value;
            Response = await SendInviteAsync([credentials]);
        }
        else
        {
            Response = challenge;
        }

        await AfterResponseAsync();
    }

    /// <summary>The next response to the INVITE; a failure is acknowledged.</summary>
    public async Task<SipText> NextResponseAsync(TimeSpan? limit = null, int atLeast = 101)
    {
        Response = await _peer.Wire.ReceiveAsync(
            m => !m.IsRequest && m.CallId == _callId && m.CSeq == _inviteCSeq && m.CSeqMethod == "INVITE" && m.Status >= atLeast, "response to the INVITE", limit);
        await AfterResponseAsync();
        return Response;
    }

    /// <summary>Goes on until the final response, acknowledges it and fails unless it is this one.</summary>
    public async Task<SipText> ExpectAsync(int status, TimeSpan? limit = null)
    {
        while (Response.Status < 200)
        {
            await NextResponseAsync(limit);
        }

        Assert.True(Response.Status == status, $"expected {status}, got {Response}");
        return Response;
    }

    /// <summary>Answers a call that came in.</summary>
    public async Task AnswerAsync(string sdp)
    {
        await _peer.ReplyAsync(Request!, 200, "OK", LocalTag, sdp);
        await _peer.Wire.ReceiveAsync(m => m.IsRequest && m.Method == "ACK" && m.CallId == _callId, "ACK");
    }

    public Task RejectAsync(int status, string reason, params (string, string)[] more)
    {
        return _peer.ReplyAsync(Request!, status, reason, LocalTag, "", more);
    }

    public async Task CancelAsync()
    {
        await _peer.Wire.SendAsync(_peer.Text("CANCEL", _target, _callId, $"<{_target}>", _inviteCSeq, _branch, [], ""));
        await _peer.Wire.ReceiveAsync(m => m.Status == 200 && m.CallId == _callId && m.CSeqMethod == "CANCEL", "200 to the CANCEL");
    }

    /// <summary>A request inside the call; returns its final response. A re-INVITE is acknowledged.</summary>
    public async Task<SipText> RequestAsync(string method, string body = "", string? contentType = null, params (string, string)[] more)
    {
        var cseq = _peer.NextCSeq();
        List<(string, string)> headers = [("Contact", _peer.Contact), .. more];
        if (body.Length > 0)
        {
            headers.Add(("Content-Type", contentType ?? "application/sdp"));
        }

        await _peer.Wire.SendAsync(_peer.Text(method, RemoteTarget, _callId, To, cseq, SipPeer.Branch(), headers, body, From));
        var response = await _peer.Wire.ReceiveAsync(
            m => m.Status >= 200 && m.CallId == _callId && m.CSeq == cseq && m.CSeqMethod == method, $"final response to {method}");
        if (method == "INVITE")
        {
            await _peer.Wire.SendAsync(_peer.Text("ACK", RemoteTarget, _callId, To, cseq, SipPeer.Branch(), [], "", From));
            Answer = response.Body.Length > 0 ? response.Body : Answer;
        }

        return response;
    }

    public Task<SipText> HangUpAsync() => RequestAsync("BYE");

    /// <summary>Waits for the other side's BYE and answers it.</summary>
    public async Task<SipText> HungUpAsync(TimeSpan? limit = null)
    {
        var bye = await _peer.Wire.ReceiveAsync(m => m.IsRequest && m.Method == "BYE" && m.CallId == _callId, "BYE", limit);
        await _peer.ReplyAsync(bye, 200, "OK");
        return bye;
    }

    /// <summary>Ends a call that a service may be ending at the same moment.</summary>
    public async Task HangUpOrHungUpAsync()
    {
        if (await _peer.Wire.TryReceiveAsync(m => m.IsRequest && m.Method == "BYE" && m.CallId == _callId, TimeSpan.FromSeconds(2)) is { } bye)
        {
            await _peer.ReplyAsync(bye, 200, "OK");
        }
        else
        {
            await HangUpAsync();
        }
    }

    private async Task<SipText> SendInviteAsync((string, string)[] credentials)
    {
        _branch = SipPeer.Branch();
        _inviteCSeq = _peer.NextCSeq();
        List<(string, string)> headers = [("Contact", _peer.Contact), .. credentials, .. _more];
        if (_sdp.Length > 0)
        {
            headers.Add(("Content-Type", "application/sdp"));
        }

        await _peer.Wire.SendAsync(_peer.Text("INVITE", _target, _callId, $"<{_target}>", _inviteCSeq, _branch, headers, _sdp));
        return await _peer.Wire.ReceiveAsync(
            m => m.Status > 100 && m.CallId == _callId && m.CSeq == _inviteCSeq && m.CSeqMethod == "INVITE", "response to the INVITE");
    }

    private async Task AfterResponseAsync()
    {
        To = Response["To"];
        if (Response.Body.Length > 0)
        {
            Answer = Response.Body;
        }

        if (Response.Status is >= 200 and < 300)
        {
            RemoteTarget = SipText.Uri(Response["Contact"]);
            // With an offer in the response the ACK carries our answer.
            var (headers, body) = _sdp.Length > 0 || LateAnswer.Length == 0
                ? (Array.Empty<(string, string)>(), "")
                : ([("Content-Type", "application/sdp")], LateAnswer);
            await _peer.Wire.SendAsync(_peer.Text("ACK", RemoteTarget, _callId, To, _inviteCSeq, SipPeer.Branch(), headers, body));
        }
        else if (Response.Status >= 300)
        {
            await AckFailureAsync(Response);
        }
    }

    /// <summary>Our session description for the ACK, where the INVITE had none.</summary>
    public string LateAnswer { get; set; } = "";

    private Task AckFailureAsync(SipText failure)
    {
        return _peer.Wire.SendAsync(_peer.Text("ACK", _target, _callId, failure["To"], _inviteCSeq, _branch, [], ""));
    }
}
