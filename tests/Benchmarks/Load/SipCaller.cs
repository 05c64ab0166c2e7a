using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Webphone.Benchmarks.Load;

/// <summary>A phone that calls and gives up as soon as it rings. One nonce is enough for it: it counts, as RFC 7616 has it.</summary>
internal sealed partial class SipCaller(IPEndPoint server, string extension, string domain) : IDisposable
{
    private const string Sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly TaskCompletionSource<string> _challenge = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <summary>Gets the nonce that all calls are made with.</summary>
    public async Task Begin()
    {
        _ = Receive();
        await Send("INVITE", "1000", Token(), "", Sdp);
        await _challenge.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    public async Task Call(string callee)
    {
        var credentials = Credentials(await _challenge.Task, $"sip:{callee}@{domain}", Interlocked.Increment(ref _count));
        await Send("INVITE", callee, Token(), $"Authorization: {credentials}\r\n", Sdp);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>By RFC 7616 with MD5 and qop=auth, which the load tenant challenges with.</summary>
    private string Credentials(string challenge, string uri, int count)
    {
        var fields = Fields().Matches(challenge).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim('"'), StringComparer.OrdinalIgnoreCase);
        var (nonce, counter, own) = (fields["nonce"], count.ToString("x8", CultureInfo.InvariantCulture), Token());
        var response = Hash($"{Hash($"{extension}:{fields["realm"]}:secret-{extension}")}:{nonce}:{counter}:{own}:auth:{Hash($"INVITE:{uri}")}");
        var opaque = fields.TryGetValue("opaque", out var given) ? $", opaque=\"{given}\"" : "";
        return $"Digest username=\"{extension}\", realm=\"{fields["realm"]}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", algorithm=MD5, qop=auth, nc={counter}, cnonce=\"{own}\"{opaque}";
    }

#pragma warning disable CA5351 // SIP's digest is defined with MD5.
    private static string Hash(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351

    private static string Token() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private Task Send(string method, string callee, string call, string more, string body)
    {
        var local = (IPEndPoint)_socket.Client.LocalEndPoint!;
        // The branch and the tag are the call's: each call has one transaction that invites, and what belongs to it.
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{method} sip:{callee}@{domain} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK{call};rport\r\nMax-Forwards: 70\r\nFrom: <sip:{extension}@{domain}>;tag={call}\r\n"
            + $"To: <sip:{callee}@{domain}>{(method == "ACK" ? more : "")}\r\nCall-ID: {call}\r\nCSeq: 1 {method}\r\nContact: <sip:{extension}@{local}>\r\n{(method == "INVITE" ? more : "")}"
            + $"{(body.Length > 0 ? "Content-Type: application/sdp\r\n" : "")}Content-Length: {body.Length}\r\n\r\n{body}");
        return _socket.SendAsync(Encoding.ASCII.GetBytes(text), server).AsTask();
    }

    private async Task Receive()
    {
        try
        {
            while (true)
            {
                var text = Encoding.ASCII.GetString((await _socket.ReceiveAsync()).Buffer);
                if (!text.StartsWith("SIP/2.0 ", StringComparison.Ordinal) || !text.Contains("CSeq: 1 INVITE", StringComparison.OrdinalIgnoreCase))
                    continue;
                await Answer(int.Parse(text.AsSpan(8, 3), CultureInfo.InvariantCulture), text);
            }
        }
        catch (Exception end) when (end is ObjectDisposedException or SocketException)
        {
            // The run is over.
        }
    }

    private async Task Answer(int status, string text)
    {
        var call = CallId().Match(text).Groups[1].Value;
        var to = To().Match(text);
        var callee = to.Groups[1].Value;
        if (status == 180)
            await Send("CANCEL", callee, call, "", "");
        if (status < 300)
            return;
        await Send("ACK", callee, call, to.Groups[2].Value, "");
        if (status == 401)
            _challenge.TrySetResult(Challenge().Match(text).Groups[1].Value);
    }

    [GeneratedRegex("^Call-ID: *([^\r]+)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex CallId();

    [GeneratedRegex("^To:[^\r]*sip:([0-9]+)@[^>\r]*>([^\r]*)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex To();

    [GeneratedRegex("(\\w+)\\s*=\\s*(\"[^\"]*\"|[^\\s,]+)")]
    private static partial Regex Fields();

    [GeneratedRegex("^WWW-Authenticate: *([^\r]+)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Challenge();
}
