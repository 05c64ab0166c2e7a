using System.Xml.Linq;

namespace Webphone.System.Tests.Harness;

/// <summary>A lamp of a <see cref="SipPeer"/>: its subscription to somebody's dialogs, and what it is told.</summary>
public sealed class PeerWatch
{
    private static readonly XNamespace Dialogs = "urn:ietf:params:xml:ns:dialog-info";

    private readonly string _callId = SipPeer.Token();
    private string _toTag = "";
    private readonly string _target;
    private string _remote;

    public PeerWatch(SipPeer peer, string target)
    {
        (Peer, _target) = (peer, target);
        _remote = $"sip:{target}@{peer.Domain}";
    }

    /// <summary>Who hears for it: its phone, or the one that the phone is after its connection broke.</summary>
    public SipPeer Peer { get; set; }

    /// <summary>The version of the last document.</summary>
    public int Version { get; private set; } = -1;

    public async Task<SipText> SubscribeAsync(int expires = 600)
    {
        var headers = new (string, string)[] { ("Event", "dialog"), ("Accept", "application/dialog-info+xml"), ("Expires", $"{expires}"), ("Contact", Peer.Contact) };
        var answer = await Peer.AuthenticatedAsync("SUBSCRIBE", _remote, _callId, $"<sip:{_target}@{Peer.Domain}>", headers, "", _toTag);
        if (answer.Status == 200)
        {
            _toTag = answer.Tag("To");
        }

        return answer;
    }

    /// <summary>The states of the next document, one for each dialog.</summary>
    public async Task<string[]> NextAsync()
    {
        var notify = await Peer.Wire.ReceiveAsync(m => m.IsRequest && m.Method == "NOTIFY" && m.CallId == _callId, $"NOTIFY of {_target}");
        await Peer.ReplyAsync(notify, 200, "OK");
        _remote = SipText.Uri(notify["Contact"]);
        var document = XElement.Parse(notify.Body);
        var version = (int)document.Attribute("version")!;
        // One that is sent again says what was said.
        if (version > Version)
        {
            Version = version;
        }

        return [.. document.Elements(Dialogs + "dialog").Select(dialog => dialog.Element(Dialogs + "state")!.Value)];
    }

    /// <summary>Reads on until the lamp shows one dialog in one of these states, or is dark when none is named.</summary>
    public async Task ShowsAsync(params string[] states)
    {
        while (true)
        {
            var now = (await NextAsync()).Where(each => each != "terminated").ToArray();
            if (states.Length == 0 ? now.Length == 0 : now is [var only] && states.Contains(only))
            {
                return;
            }
        }
    }
}
