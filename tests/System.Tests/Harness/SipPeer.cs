using System.Security.Cryptography;
using System.Text;

namespace Webphone.System.Tests.Harness;

/// <summary>
/// A phone in the test's own hands: it registers, calls and answers like any other, and shows every header. For what real phones
/// hide or would never send.
/// </summary>
public sealed class SipPeer : IDisposable
{
    private readonly string _server;
    private bool _registered;
    private int _cseq = RandomNumberGenerator.GetInt32(1, 10_000);

    public SipPeer(RunningSilo silo, string extension, string? secret = null, string domain = RunningSilo.Domain, string local = "127.0.0.1", SipWire? wire = null)
    {
        _server = silo.Address;
        Extension = extension;
        Secret = secret ?? $"demo-{extension}";
        Domain = domain;
        Wire = wire ?? SipWire.Udp(silo.Address, silo.SipPort, local);
    }

    public string Extension { get; }

    public string Secret { get; }

    public string Domain { get; }

    public SipWire Wire { get; }

    public string DisplayName { get; set; } = "";

    public string Aor => $"sip:{Extension}@{Domain}";

    public string Contact => $"<sip:{Extension}@{Wire.Local};transport={Wire.Transport.ToLowerInvariant()}>";

    public static string Token() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public static string Branch() => "z9hG4bK" + Token();

    /// <summary>Registers with this lifetime and returns the final response.</summary>
    public async Task<SipText> RegisterAsync(int expires = 600)
    {
        var response = await AuthenticatedAsync(
            "REGISTER", $"sip:{Domain}", Token(), $"<{Aor}>", [("Contact", Contact), ("Expires", $"{expires}")], "", toTag: "");
        _registered = response.Status == 200 && expires > 0;
        return response;
    }

    public static async Task<SipPeer> RegisteredAsync(RunningSilo silo, string extension, string displayName = "")
    {
        return await RegisteredAsync(new SipPeer(silo, extension) { DisplayName = displayName });
    }

    public static async Task<SipPeer> RegisteredAsync(SipPeer peer)
    {
        var response = await peer.RegisterAsync();
        Assert.True(response.Status == 200, $"{peer} could not register: {response}");
        return peer;
    }

    /// <summary>Sends a request and, when it is challenged, sends it again with credentials. Returns the final response (not for INVITE).</summary>
    public async Task<SipText> AuthenticatedAsync(
        string method, string uri, string callId, string to, IReadOnlyList<(string, string)> headers, string body, string toTag)
    {
        var (first, _) = await RequestAsync(method, uri, callId, to, headers, body, toTag);
        if (first.Status is not (401 or 407))
        {
            return first;
        }

        var (second, _) = await RequestAsync(method, uri, callId, to, [.. headers, Credentials(first, method, uri)], body, toTag);
        return second;
    }

    public (string Name, string Value) Credentials(SipText challenge, string method, string uri)
    {
        var proxy = challenge.Status == 407;
        var offered = challenge.All(proxy ? "Proxy-Authenticate" : "WWW-Authenticate").First();
        return (proxy ? "Proxy-Authorization" : "Authorization", Digest.Answer(offered, Extension, Secret, method, uri));
    }

    /// <summary>Sends one request and returns its final response, with the branch that it used.</summary>
    public async Task<(SipText Response, string Branch)> RequestAsync(
        string method, string uri, string callId, string to, IReadOnlyList<(string, string)> headers, string body = "", string toTag = "")
    {
        var branch = Branch();
        var cseq = ++_cseq;
        var text = Text(method, uri, callId, to + (toTag.Length > 0 ? $";tag={toTag}" : ""), cseq, branch, headers, body);
        var response = await Wire.AskAsync(
            text, m => m.Status >= 200 && m.CallId == callId && m.CSeq == cseq && m.CSeqMethod == method, $"final response to {method}");
        return (response, branch);
    }

    /// <summary>A whole request as text, for those who want to spoil it first.</summary>
    public string Text(
        string method, string uri, string callId, string to, int cseq, string branch, IReadOnlyList<(string Name, string Value)> headers, string body,
        string? from = null)
    {
        var text = new StringBuilder();
        text.Append($"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{Wire.Transport} {Wire.Local};branch={branch};rport\r\nMax-Forwards: 70\r\n");
        var name = DisplayName.Length == 0 ? "" : $"\"{DisplayName}\" ";
        text.Append($"From: {from ?? $"{name}<{Aor}>;tag={FromTag}"}\r\nTo: {to}\r\nCall-ID: {callId}\r\nCSeq: {cseq} {method}\r\n");
        foreach (var (header, value) in headers)
        {
            text.Append($"{header}: {value}\r\n");
        }

        return text.Append($"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n").Append(body).ToString();
    }

    /// <summary>Begins a call: answers the challenge and returns when the server has said more than 100.</summary>
    public async Task<PeerCall> InviteAsync(string target, string sdp = "", params (string, string)[] more)
    {
        var uri = target.Contains(':', StringComparison.Ordinal) ? target : $"sip:{target}@{Domain}";
        var call = new PeerCall(this, uri, sdp, more);
        await call.InviteAsync();
        return call;
    }

    public Task<SipText> NextRequestAsync(string method, TimeSpan? limit = null)
    {
        return Wire.ReceiveAsync(m => m.IsRequest && m.Method == method, method, limit);
    }

    /// <summary>Answers a request; a tag for To is made where it has none and the status is above 100.</summary>
    public async Task ReplyAsync(SipText request, int status, string reason, string toTag = "", string body = "", params (string, string)[] more)
    {
        var text = new StringBuilder($"SIP/2.0 {status} {reason}\r\n");
        foreach (var (name, value) in request.Headers)
        {
            var kept = name.ToLowerInvariant() is "via" or "from" or "call-id" or "cseq" or "record-route";
            if (kept)
            {
                text.Append($"{name}: {value}\r\n");
            }
            else if (name.Equals("To", StringComparison.OrdinalIgnoreCase))
            {
                text.Append($"To: {value}{(request.Tag("To").Length == 0 && toTag.Length > 0 ? $";tag={toTag}" : "")}\r\n");
            }
        }

        if (status < 300 && request.Method is "INVITE")
        {
            text.Append($"Contact: {Contact}\r\n");
        }

        foreach (var (name, value) in more)
        {
            text.Append($"{name}: {value}\r\n");
        }

        if (body.Length > 0)
        {
            text.Append("Content-Type: application/sdp\r\n");
        }

        text.Append($"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
        await Wire.SendAsync(text.ToString());
    }

    public int NextCSeq() => ++_cseq;

    /// <summary>For a phone that goes on in the dialogs of another: the number that its requests go on from.</summary>
    public int LastCSeq
    {
        init => _cseq = value;
    }

    /// <summary>Its tag in all dialogs that it begins.</summary>
    public string FromTag { get; init; } = Token();

    /// <summary>Takes its registration back: a phone that just vanished would go on being rung by the next test.</summary>
    public void Dispose()
    {
        try
        {
            if (_registered)
            {
                RegisterAsync(0).Wait(TimeSpan.FromSeconds(10));
            }
        }
        catch (AggregateException)
        {
            // The server has gone first.
        }

        Wire.Dispose();
    }

    public override string ToString() => $"{Aor} at {Wire.Local} by {_server}";
}
