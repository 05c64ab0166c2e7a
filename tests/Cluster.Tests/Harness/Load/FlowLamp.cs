using System.Net;
using System.Threading.Channels;
using System.Xml.Linq;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests.Harness.Load;

/// <summary>A lamp of a <see cref="FlowPhone"/>: it subscribes by the phone's first flow, and hears by any.</summary>
public sealed class FlowLamp : IDisposable
{
    private static readonly XNamespace Dialogs = "urn:ietf:params:xml:ns:dialog-info";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Repeat = TimeSpan.FromMilliseconds(500);

    private readonly FlowPhone _phone;
    private readonly string _target;
    private readonly string _callId = SipPeer.Token();
    private readonly ChannelReader<SipText> _messages;
    private int _cseq = 1;
    private string _to;
    private string _remote;
    private string[] _shown = [];

    public FlowLamp(FlowPhone phone, string target)
    {
        _phone = phone;
        _target = target;
        _remote = $"sip:{target}@{phone.Aor.Split('@')[1]}";
        _to = $"<{_remote}>";
        _messages = phone.Socket.Open(_callId);
    }

    private PhoneSocket Socket => _phone.Socket;

    /// <summary>Subscribes, or refreshes, by this flow, and returns the final status; 0 when nothing answered.</summary>
    public async Task<int> SubscribeAsync(IPEndPoint flow)
    {
        List<(string, string)> headers = [("Contact", _phone.Contact), ("Event", "dialog"), ("Accept", "application/dialog-info+xml"), ("Expires", "600"), ("Supported", "outbound")];
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var cseq = ++_cseq;
            using var exchange = new Exchange(Socket, _messages, flow);
            exchange.Send(FlowText.Request("SUBSCRIBE", _remote, _callId, $"<{_phone.Aor}>;tag={_callId[..8]}", _to, cseq, SipPeer.Branch(), Socket.Local, headers));
            var response = await exchange.NextAsync(message => Hear(message) is { IsRequest: false, Status: >= 200 } answer && answer.CSeq == cseq, Patience, Repeat);
            if (response is null) return 0;
            if (response.Status != 401)
            {
                if (response.Status == 200) _to = response["To"];
                return response.Status;
            }

            headers.Add(_phone.Proof(response, "SUBSCRIBE", _remote));
        }

        return 401;
    }

    /// <summary>Reads on until the lamp shows one dialog in one of these states, or is dark when none is named.</summary>
    public Task ShowsAsync(params string[] states) => ShowsAsync(Patience, states);

    public async Task ShowsAsync(TimeSpan patience, params string[] states)
    {
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            while (!(states.Length == 0 ? _shown.Length == 0 : _shown is [var only] && states.Contains(only))) Hear(await _messages.ReadAsync(deadline.Token));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"the lamp of {_target} shows [{string.Join(", ", _shown)}] and should show [{string.Join(", ", states)}]");
        }
    }

    public void Dispose() => Socket.Close(_callId);

    private SipText Hear(SipText message)
    {
        if (message is not { IsRequest: true, Method: "NOTIFY" }) return message;
        Socket.Send(FlowText.Response(message, 200, "OK", "", Socket.Local), IPEndPoint.Parse(message["Via"].Split(' ')[1].Split(';')[0]));
        _remote = SipText.Uri(message["Contact"]);
        _shown = [.. XElement.Parse(message.Body).Elements(Dialogs + "dialog").Select(dialog => dialog.Element(Dialogs + "state")!.Value).Where(state => state != "terminated")];
        return message;
    }
}
