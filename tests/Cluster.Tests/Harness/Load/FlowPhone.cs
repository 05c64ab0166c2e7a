using System.Net;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests.Harness.Load;

/// <summary>A phone with two flows to two silos (RFC 5626): it registers by both, and calls by the second when the first does not answer or sends it away.</summary>
public sealed class FlowPhone(PhoneSocket socket, string domain, string extension, string secret, IPEndPoint first, IPEndPoint second)
{
    /// <summary>Silence after which a flow counts as failed.</summary>
    private static readonly TimeSpan FlowPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(32);
    private static readonly TimeSpan FirstRepeat = TimeSpan.FromMilliseconds(500);

    private readonly string _instance = $"urn:uuid:00000000-0000-1000-8000-{extension.PadLeft(12, '0')}";
    private int _cseq = 1;
    private int _preferred;

    public string Extension => extension;

    public PhoneSocket Socket => socket;

    public string Aor => $"sip:{extension}@{domain}";

    public string Contact => $"<sip:{extension}@{socket.Local};ob>";

    /// <summary>Its flows, the one that it trusts most first.</summary>
    private IPEndPoint[] Flows => Volatile.Read(ref _preferred) == 0 ? [first, second] : [second, first];

    /// <summary>By the second flow first, since a phone is rung by the one that was heard of last.</summary>
    public async Task RegisterAsync()
    {
        foreach (var (flow, number) in new[] { (second, 2), (first, 1) })
        {
            var status = await RegisterAsync(flow, number);
            Assert.True(status == 200, $"{extension} could not register with {flow}: {status}");
        }
    }

    /// <summary>Registers by one of its flows and returns the final status; 0 when nothing answered.</summary>
    public async Task<int> RegisterAsync(IPEndPoint flow, int number)
    {
        var callId = SipPeer.Token();
        var messages = socket.Open(callId);
        try
        {
            List<(string, string)> headers = [("Contact", $"{Contact};+sip.instance=\"<{_instance}>\";reg-id={number}"), ("Expires", "3600"), ("Supported", "path, outbound")];
            for (var attempt = 1; attempt <= 2; attempt++)
            {
                using var exchange = new Exchange(socket, messages, flow);
                var uri = $"sip:{domain}";
                var cseq = Interlocked.Increment(ref _cseq);
                exchange.Send(FlowText.Request("REGISTER", uri, callId, $"<{Aor}>;tag={callId[..8]}", $"<{Aor}>", cseq, SipPeer.Branch(), socket.Local, headers));
                if (await exchange.NextAsync(message => message.Status >= 200 && message.CSeq == cseq, Patience, FirstRepeat) is not { } response) return 0;
                if (response.Status != 401) return response.Status;
                headers.Add(Proof(response, "REGISTER", uri));
            }

            return 401;
        }
        finally
        {
            socket.Close(callId);
        }
    }

    /// <summary>Calls, talks for so long, and hangs up. <paramref name="talks"/> makes a conversation of it, which ends when it says so.</summary>
    public async Task<CallOutcome> CallAsync(string callee, TimeSpan length, Func<FlowCall, Task>? talks = null, IPEndPoint? audio = null)
    {
        var outcome = new CallOutcome(extension, callee, Environment.TickCount64);
        foreach (var flow in Flows)
        {
            var call = new FlowCall(this, callee, flow, Interlocked.Add(ref _cseq, 10), FlowPatience, Patience) { Audio = audio ?? FlowText.Nowhere };
            outcome = outcome with { By = flow, Failure = await call.RunAsync(length, talks), RangAfterMs = call.RangAfterMs, Retried = outcome.By is not null };
            if (!call.FlowFailed) return outcome;
            // It stays with the other from now on, until that one fails.
            Volatile.Write(ref _preferred, flow.Equals(first) ? 1 : 0);
        }

        return outcome;
    }

    public (string, string) Proof(SipText challenge, string method, string uri) =>
        ("Authorization", Digest.Answer(challenge["WWW-Authenticate"], extension, secret, method, uri));
}

/// <summary>What became of one call.</summary>
/// <param name="StartedMs">By the machine's clock.</param>
/// <param name="By">The silo that it went by, at last.</param>
/// <param name="Failure">Why it was not a whole call; null when it was one.</param>
/// <param name="Retried">The phone's first flow had failed.</param>
public sealed record CallOutcome(string Caller, string Callee, long StartedMs, IPEndPoint? By = null, string? Failure = null, long RangAfterMs = 0, bool Retried = false);
