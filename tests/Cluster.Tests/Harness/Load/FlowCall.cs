using System.Net;
using System.Threading.Channels;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests.Harness.Load;

/// <summary>One call of a <see cref="FlowPhone"/> by one of its flows, from the INVITE to the end.</summary>
public sealed class FlowCall(FlowPhone phone, string callee, IPEndPoint flow, int firstCSeq, TimeSpan flowPatience, TimeSpan patience)
{
    private static readonly TimeSpan Repeat = TimeSpan.FromMilliseconds(500);

    private readonly string _callId = SipPeer.Token();
    private readonly string _target = $"sip:{callee}@{phone.Aor.Split('@')[1]}";
    private readonly long _started = Environment.TickCount64;
    private int _cseq = firstCSeq;
    private string _to = "";

    /// <summary>The silo did not answer, or sent the phone to another.</summary>
    public bool FlowFailed { get; private set; }

    public long RangAfterMs { get; private set; }

    /// <summary>Where the server wants the audio.</summary>
    public IPEndPoint? Media { get; private set; }

    /// <summary>When the other side hung up, by the machine's clock in ms; 0 while it has not.</summary>
    public long HungUpAt { get; private set; }

    /// <summary>Its own audio; nowhere when it only rings and hangs up.</summary>
    public IPEndPoint Audio { get; init; } = FlowText.Nowhere;

    private PhoneSocket Socket => phone.Socket;

    private string From => $"<{phone.Aor}>;tag={_callId[..8]}";

    /// <summary>Null when all went well, else what did not.</summary>
    public async Task<string?> RunAsync(TimeSpan length, Func<FlowCall, Task>? talks)
    {
        var messages = Socket.Open(_callId);
        try
        {
            _to = $"<{_target}>";
            if (await InviteAsync(messages) is { } failure) return failure;
            var talking = talks?.Invoke(this) ?? Task.Delay(length);
            var over = ByeAsync(messages, talking);
            await talking;
            return await over ? $"hung up by the server after {HungUpAt - _started} ms" : await HangUpAsync(messages);
        }
        finally
        {
            Socket.Close(_callId);
        }
    }

    private async Task<string?> InviteAsync(ChannelReader<SipText> messages)
    {
        List<(string, string)> headers = [("Contact", phone.Contact), ("Supported", "outbound")];
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            using var exchange = new Exchange(Socket, messages, flow);
            var (cseq, branch) = (++_cseq, SipPeer.Branch());
            exchange.Send(FlowText.Request("INVITE", _target, _callId, From, _to, cseq, branch, Socket.Local, headers, FlowText.Audio(Audio)));
            var response = await exchange.NextAsync(message => IsOf(message, cseq), flowPatience, Repeat);
            if (response is null)
            {
                FlowFailed = true;
                return "the silo does not answer";
            }

            while (response is { Status: < 200 })
            {
                if (response.Status >= 180 && RangAfterMs == 0) RangAfterMs = Environment.TickCount64 - _started;
                response = await exchange.NextAsync(message => IsOf(message, cseq), patience);
            }

            if (response is null) return $"no final answer after {Environment.TickCount64 - _started} ms";
            if (response.Status < 300)
            {
                _to = response["To"];
                Media = FlowText.MediaOf(response.Body);
                Ack(SipText.Uri(response["Contact"]), cseq, SipPeer.Branch());
                return null;
            }

            Ack(_target, cseq, branch, response["To"]);
            if (response.Status == 401 && attempt == 1)
            {
                headers.Add(phone.Proof(response, "INVITE", _target));
                continue;
            }

            FlowFailed = response.Status == 503;
            return $"{response.Status} after {Environment.TickCount64 - _started} ms";
        }

        return "401 twice";
    }

    /// <summary>Whether the other side hangs up while they talk.</summary>
    private async Task<bool> ByeAsync(ChannelReader<SipText> messages, Task talking)
    {
        using var over = new CancellationTokenSource();
        _ = talking.ContinueWith(_ => over.Cancel(), TaskScheduler.Default);
        try
        {
            while (true)
            {
                var message = await messages.ReadAsync(over.Token);
                if (message is { IsRequest: false, CSeqMethod: "INVITE", Status: 200 }) Ack(SipText.Uri(message["Contact"]), message.CSeq, SipPeer.Branch());
                if (message is not { IsRequest: true, Method: "BYE" }) continue;
                Socket.Send(FlowText.Response(message, 200, "OK", "", Socket.Local), flow);
                HungUpAt = Environment.TickCount64;
                return true;
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<string?> HangUpAsync(ChannelReader<SipText> messages)
    {
        using var exchange = new Exchange(Socket, messages, flow);
        var cseq = ++_cseq;
        exchange.Send(FlowText.Request("BYE", $"sip:{flow}", _callId, From, _to, cseq, SipPeer.Branch(), Socket.Local, []));
        var response = await exchange.NextAsync(message => message is { IsRequest: false, CSeqMethod: "BYE" }, TimeSpan.FromSeconds(10), Repeat);
        return response is null ? "nobody answered the BYE" : response.Status == 200 ? null : $"{response.Status} to the BYE";
    }

    private void Ack(string uri, int cseq, string branch, string? to = null) =>
        Socket.Send(FlowText.Request("ACK", uri, _callId, From, to ?? _to, cseq, branch, Socket.Local, []), flow);

    private static bool IsOf(SipText message, int cseq) => !message.IsRequest && message.CSeqMethod == "INVITE" && message.CSeq == cseq;
}
