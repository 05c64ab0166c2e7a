using System.Text;
using System.Xml;
using System.Xml.Linq;
using Webphone.Sip.EventPackages;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Tests.EventPackages;

public sealed class EventDocumentTests
{
    private const string Entity = "sip:102@demo.example";
    private static readonly XNamespace Dialogs = "urn:ietf:params:xml:ns:dialog-info";
    private static readonly XNamespace Presence = "urn:ietf:params:xml:ns:pidf";
    private static readonly XNamespace Rpid = "urn:ietf:params:xml:ns:pidf:rpid";
    private static readonly XNamespace Rlmi = "urn:ietf:params:xml:ns:rlmi";

    [Fact]
    public void Dialog_info_says_what_rfc_4235_says()
    {
        var document = DialogInfo.Write(Entity, "Demo 102", [new("a1", IsInitiator: false, WatchedDialogState.Early, Holding: false, "Ann", "sip:101@demo.example")]);
        var info = Parse(document.Numbered(41));
        Assert.Equal(Dialogs + "dialog-info", info.Name);
        Assert.Equal(("41", "full", Entity), ((string?)info.Attribute("version"), (string?)info.Attribute("state"), (string?)info.Attribute("entity")));
        var dialog = Assert.Single(info.Elements(Dialogs + "dialog"));
        Assert.Equal(("a1", "recipient"), ((string?)dialog.Attribute("id"), (string?)dialog.Attribute("direction")));
        Assert.Equal("early", dialog.Element(Dialogs + "state")!.Value);
        var (local, remote) = (dialog.Element(Dialogs + "local")!, dialog.Element(Dialogs + "remote")!);
        Assert.Equal((Entity, "Demo 102"), (local.Element(Dialogs + "identity")!.Value, (string?)local.Element(Dialogs + "identity")!.Attribute("display")));
        Assert.Equal("sip:101@demo.example", (string?)remote.Element(Dialogs + "target")!.Attribute("uri"));
        Assert.Equal("Ann", (string?)remote.Element(Dialogs + "identity")!.Attribute("display"));
    }

    [Fact]
    public void A_dialog_that_may_be_replaced_has_a_name_and_others_have_none()
    {
        var ringing = new WatchedDialog("1", false, WatchedDialogState.Early, false, "", "sip:1@a", new DialogName("c-1", "here", "there"));
        var dialogs = Parse(DialogInfo.Write(Entity, "", [ringing, ringing with { Name = null }]).Numbered(0)).Elements().ToArray();
        Assert.Equal(["1", "c-1", "here", "there", "recipient"], dialogs[0].Attributes().Select(attribute => attribute.Value));
        Assert.Equal(["id", "call-id", "local-tag", "remote-tag", "direction"], dialogs[0].Attributes().Select(attribute => attribute.Name.LocalName));
        Assert.Equal(["id", "direction"], dialogs[1].Attributes().Select(attribute => attribute.Name.LocalName));
    }

    [Fact]
    public void Nothing_is_an_empty_full_state() => Assert.Empty(Parse(DialogInfo.Write(Entity, "", []).Numbered(0)).Elements());

    [Theory]
    [InlineData(false, "yes")]
    [InlineData(true, "no")]
    public void Hold_is_a_target_that_does_not_render(bool holding, string rendering)
    {
        var info = Parse(DialogInfo.Write(Entity, "", [new("1", true, WatchedDialogState.Confirmed, holding, "", "sip:1@a")]).Numbered(0));
        var parameter = info.Descendants(Dialogs + "local").Descendants(Dialogs + "param").Single();
        Assert.Equal(("+sip.rendering", rendering), ((string?)parameter.Attribute("pname"), (string?)parameter.Attribute("pval")));
    }

    [Fact]
    public void A_dialog_that_ended_says_no_more_than_that()
    {
        var dialog = Parse(DialogInfo.Write(Entity, "", [new("1", true, WatchedDialogState.Terminated, false, "Ann", "sip:1@a")]).Numbered(0)).Elements().Single();
        Assert.Equal("terminated", dialog.Value.Trim());
    }

    [Theory]
    [InlineData("</identity><dialog id=\"x\"><state>confirmed</state></dialog>")]
    [InlineData("\"><!-- & -->'")]
    [InlineData("]]>&#0;&lt;!DOCTYPE x>")]
    [InlineData("a\0b\u0001\u001f\u0085\uFFFE\uFFFF\uD800c\uDC00")]
    [InlineData("\r\n--webphone-list-part--\r\n")]
    [InlineData("Zoë 🙂 李")]
    public void Names_of_others_cannot_change_a_document(string name)
    {
        var dialogs = new[] { new WatchedDialog(name, true, WatchedDialogState.Confirmed, false, name, name) };
        var info = Parse(DialogInfo.Write(name, name, dialogs).Numbered(1));
        Assert.Single(info.Elements());
        Assert.Equal(2, info.Descendants(Dialogs + "identity").Count());
        Assert.Equal("open", Parse(Pidf.Write(name, new PresenceStatus(true, PresenceActivity.Busy, name)).Numbered(0)).Descendants(Presence + "basic").Single().Value);
        var body = ResourceList.Write(name, 1, true, [new(name, name, DialogInfo.Write(name, name, dialogs).Numbered(3))], DialogInfo.ContentType);
        Assert.Equal(2, Parts(body).Count);
    }

    [Fact]
    public void Random_text_makes_documents_that_can_be_read()
    {
        var random = new Random(11);
        for (var run = 0; run < 5_000; run++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(30)).Select(_ => (char)random.Next(random.Next(4) == 0 ? 0x10000 : 0x80))]);
            Parse(DialogInfo.Write(text, text, [new(text, false, WatchedDialogState.Early, false, text, text)]).Numbered(1));
            Parse(Pidf.Write(text, new PresenceStatus(false, PresenceActivity.None, text)).Numbered(1));
        }
    }

    [Theory]
    [InlineData(PresenceActivity.OnThePhone, "on-the-phone")]
    [InlineData(PresenceActivity.Busy, "busy")]
    [InlineData(PresenceActivity.Vacation, "vacation")]
    public void Pidf_says_what_rfc_3863_and_4480_say(PresenceActivity activity, string token)
    {
        var presence = Parse(Pidf.Write(Entity, new PresenceStatus(true, activity, "Back at 5")).Numbered(0));
        Assert.Equal(Entity, (string?)presence.Attribute("entity"));
        Assert.Equal("open", presence.Descendants(Presence + "basic").Single().Value);
        Assert.Equal("Back at 5", presence.Descendants(Presence + "note").Single().Value);
        Assert.Equal(Rpid + token, presence.Descendants(Rpid + "activities").Elements().Single().Name);
    }

    [Fact]
    public void Message_summary_says_what_rfc_3842_says()
    {
        Assert.Equal(
            "Messages-Waiting: yes\r\nMessage-Account: sip:*97@demo.example\r\nVoice-Message: 2/8 (1/0)\r\n",
            Encoding.UTF8.GetString(MessageSummary.Write("sip:*97@demo.example", new MessageCounts(2, 8, 1)).Numbered(9)));
        Assert.StartsWith("Messages-Waiting: no", Encoding.UTF8.GetString(MessageSummary.Write("sip:*97@demo.example", default).Numbered(9)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_names_all_and_holds_their_documents()
    {
        var ann = DialogInfo.Write("sip:101@demo.example", "Ann", []).Numbered(5);
        var body = ResourceList.Write("sip:blf@demo.example", 5, isFull: true, [new("sip:101@demo.example", "Ann", ann), new("sip:102@demo.example", "", null)], DialogInfo.ContentType);
        var parts = Parts(body);
        Assert.Equal(2, parts.Count);
        var list = Parse(parts[0].Content.ToArray());
        Assert.Equal(("true", "5"), ((string?)list.Attribute("fullState"), (string?)list.Attribute("version")));
        Assert.Equal(["sip:101@demo.example", "sip:102@demo.example"], list.Elements(Rlmi + "resource").Select(resource => (string?)resource.Attribute("uri")));
        var cid = (string?)list.Descendants(Rlmi + "instance").Single().Attribute("cid");
        Assert.Contains($"Content-ID: <{cid}>", Encoding.UTF8.GetString(parts[1].Head.Span), StringComparison.Ordinal);
        Assert.Equal(ann, parts[1].Content.ToArray());
        Assert.True(body.Length - ann.Length < 3 * ResourceList.BytesAPart);
    }

    [Fact]
    public void Documents_are_compared_by_what_they_say()
    {
        Assert.Equal(DialogInfo.Write(Entity, "a", []), DialogInfo.Write(Entity, "a", []));
        Assert.NotEqual(DialogInfo.Write(Entity, "a", []), DialogInfo.Write("sip:103@demo.example", "a", []));
    }

    private static XElement Parse(byte[] document)
    {
        using var reader = XmlReader.Create(new MemoryStream(document), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XElement.Load(reader);
    }

    private static IReadOnlyList<BodyPart> Parts(byte[] body)
    {
        Assert.True(MultipartBody.TrySplit(body, "webphone-list-part"u8, out var parts));
        return parts;
    }
}
