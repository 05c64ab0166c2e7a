using System.Text;
using System.Threading.Channels;
using System.Xml;
using System.Xml.Linq;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>One subscription of a <see cref="TestPhone"/>: what it is told can be awaited.</summary>
internal sealed class TestWatch(TestPhone phone, string target, string package)
{
    public static readonly XNamespace Dialogs = "urn:ietf:params:xml:ns:dialog-info";

    private readonly Channel<SipMessage> _told = Channel.CreateUnbounded<SipMessage>();
    private readonly byte[] _fromTag = Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")[..8]);
    private string _toTag = "";
    private string _remote = "";

    public string CallId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>What it answers NOTIFY requests with.</summary>
    public int Answers { get; set; } = 200;

    /// <summary>Who sends for it; its own phone unless a test lies.</summary>
    public TestPhone? Sender { get; set; }

    /// <summary>Subscribes, or refreshes once it has; the final response.</summary>
    public async Task<SipMessage> Subscribe(int? expires = 600, string headers = "", bool authenticate = true)
    {
        var uri = _remote.Length > 0 ? _remote : $"sip:{target}@{phone.Domain}";
        var lines = $"Event: {package}\r\nContact: <{phone.Contact}>\r\n{(expires is { } seconds ? $"Expires: {seconds}\r\n" : "")}{headers}";
        var self = $"<{phone.SaysItIs ?? $"sip:{phone.Extension}@{phone.Domain}"}>";
        var to = $"<sip:{target}@{phone.Domain}>{(_toTag.Length > 0 ? $";tag={_toTag}" : "")}";
        var (_, answer) = await (Sender ?? phone).Exchange(
            SipMethod.Subscribe,
            new OutgoingRequest(Encoding.UTF8.GetBytes(uri), Encoding.UTF8.GetBytes(self), Encoding.UTF8.GetBytes(to), new SipPayload(Encoding.UTF8.GetBytes(lines)))
            {
                CallId = Encoding.ASCII.GetBytes(CallId),
                FromTag = _fromTag,
            },
            authenticate);
        if (answer is { StatusCode: 200 })
            _toTag = Encoding.ASCII.GetString(answer.ToTag);
        return answer!;
    }

    /// <summary>In a turn of its phone.</summary>
    public void Take(ServerTransaction notify)
    {
        var request = notify.Request;
        if (request.TryGetContact(out var contact))
            _remote = Encoding.ASCII.GetString(contact.Uri);
        phone.Shard.Stack.Respond(notify, Answers);
        _told.Writer.TryWrite(request);
    }

    /// <summary>The next NOTIFY.</summary>
    public async Task<SipMessage> Next()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _told.Reader.ReadAsync(limit.Token);
    }

    public bool HasNext => _told.Reader.TryPeek(out _);

    /// <summary>The body of the next NOTIFY as text.</summary>
    public async Task<string> NextText() => Encoding.UTF8.GetString((await Next()).Body.Span);

    /// <summary>The next NOTIFY's dialogs, as "id-less" words: direction, state and who is on the other side.</summary>
    public async Task<string[]> NextDialogs() => [.. (await NextDocument()).Elements(Dialogs + "dialog").Select(Describe)];

    /// <summary>Reads on until the lamp says this.</summary>
    public async Task Shows(params string[] dialogs)
    {
        while (!(await NextDialogs()).SequenceEqual(dialogs))
        {
        }
    }

    public async Task<XElement> NextDocument() => Parse((await Next()).Body);

    public static XElement Parse(ReadOnlyMemory<byte> body)
    {
        using var reader = XmlReader.Create(new MemoryStream(body.ToArray()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XElement.Load(reader);
    }

    public static string Describe(XElement dialog) =>
        $"{(string?)dialog.Attribute("direction")} {dialog.Element(Dialogs + "state")!.Value} {dialog.Element(Dialogs + "remote")?.Element(Dialogs + "identity")?.Value}".TrimEnd();

    public static string StateOf(SipMessage notify) => notify.HeaderText(HeaderName.SubscriptionState)!.Split(';')[0];
}
