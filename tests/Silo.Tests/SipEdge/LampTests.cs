using System.Text;
using Webphone.Grains.Users;
using Webphone.Net.Sip.Limits;
using Webphone.Silo.SipEdge.Lamps;
using Webphone.Sip.EventPackages;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Subscriptions;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Phones that watch: SUBSCRIBE and NOTIFY over the wire (RFC 6665, 4235, 3856, 3842, 4662), and PUBLISH (RFC 3903).</summary>
public sealed class LampTests
{
    [Trait("Feature", "SID-02")]
    [Theory]
    [InlineData(SipTransport.Udp)]
    [InlineData(SipTransport.Tcp)]
    public async Task A_lamp_follows_a_call_from_ringing_to_its_end(SipTransport transport)
    {
        await using var world = await EdgeWorld.Start();
        var (caller, callee, watcher) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103", transport));
        var (lamp, callers) = (watcher.Watch("102"), watcher.Watch("101"));
        Assert.Equal(200, (await lamp.Subscribe()).StatusCode);
        Assert.Equal(200, (await callers.Subscribe()).StatusCode);
        Assert.Empty(await lamp.NextDialogs());
        var outgoing = await caller.Call("102");
        var incoming = await callee.NextCall();
        incoming.Ring();
        await lamp.Shows("recipient early sip:101@acme.example");
        await callers.Shows("initiator early sip:102@acme.example");
        incoming.Answer();
        await lamp.Shows("recipient confirmed sip:101@acme.example");
        await callers.Shows("initiator confirmed sip:102@acme.example");
        await outgoing.Next(Webphone.Sip.Sessions.SessionEventKind.Answered);
        outgoing.Hangup();
        await lamp.Shows("recipient terminated");
        await callers.Shows("initiator terminated");
    }

    [Trait("Feature", "SID-02")]
    [Fact]
    public async Task A_document_names_both_sides_and_its_version_counts_up()
    {
        await using var world = await EdgeWorld.Start();
        var (caller, callee, watcher) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var lamp = watcher.Watch("102");
        var answer = await lamp.Subscribe();
        Assert.Equal("600", answer.HeaderText(HeaderName.Expires));
        var first = await lamp.Next();
        Assert.Equal("active", TestWatch.StateOf(first));
        Assert.Equal("dialog", first.HeaderText(HeaderName.Event));
        var versions = new List<int> { Version(TestWatch.Parse(first.Body)) };
        await caller.Call("102");
        (await callee.NextCall()).Answer();
        while (true)
        {
            var document = await lamp.NextDocument();
            versions.Add(Version(document));
            Assert.Equal(("full", "sip:102@acme.example"), ((string?)document.Attribute("state"), (string?)document.Attribute("entity")));
            if (document.Elements().SingleOrDefault() is not { } dialog || dialog.Element(TestWatch.Dialogs + "state")!.Value != "confirmed")
                continue;
            var (local, remote) = (dialog.Element(TestWatch.Dialogs + "local")!, dialog.Element(TestWatch.Dialogs + "remote")!);
            Assert.Equal(("sip:102@acme.example", "User 102"), (local.Element(TestWatch.Dialogs + "identity")!.Value, (string?)local.Element(TestWatch.Dialogs + "identity")!.Attribute("display")));
            Assert.Equal("User 101", (string?)remote.Element(TestWatch.Dialogs + "identity")!.Attribute("display"));
            Assert.Equal("sip:101@acme.example", (string?)remote.Element(TestWatch.Dialogs + "target")!.Attribute("uri"));
            break;
        }
        Assert.Equal(Enumerable.Range(0, versions.Count), versions);

        static int Version(System.Xml.Linq.XElement document) => (int)document.Attribute("version")!;
    }

    [Trait("Feature", "AVL-05")]
    [Fact]
    public async Task Do_not_disturb_is_a_lamp()
    {
        await using var world = await EdgeWorld.Start();
        var watcher = await world.Registered("101");
        var (own, others) = (watcher.Watch("*76"), watcher.Watch("*76102"));
        await own.Subscribe();
        await others.Subscribe();
        Assert.Empty(await own.NextDialogs());
        Assert.Empty(await others.NextDialogs());
        await world.Grains.GetGrain<IUserGrain>("acme/102").SetDoNotDisturb(true);
        await others.Shows("recipient confirmed sip:102@acme.example");
        await world.Grains.GetGrain<IUserGrain>("acme/102").SetDoNotDisturb(false);
        await others.Shows("recipient terminated");
        await world.Grains.GetGrain<IUserGrain>("acme/101").SetDoNotDisturb(true);
        await own.Shows("recipient confirmed sip:101@acme.example");
    }

    [Theory]
    [InlineData("102", "dialog", 600, "", 200)]
    [InlineData("1999", "dialog", 600, "", 404)]
    [InlineData("102", "conference", 600, "", 489)]
    [InlineData("102", "dialog", 5, "", 423)]
    [InlineData("102", "dialog", null, "", 200)]
    [InlineData("102", "dialog", 600, "Accept: application/pidf+xml\r\n", 406)]
    [InlineData("102", "dialog", 600, "Accept: application/dialog-info+xml\r\n", 200)]
    [InlineData("102", "dialog", 600, "Require: something\r\n", 420)]
    [InlineData("102", "message-summary", 600, "", 403)]
    [InlineData("101", "message-summary", 600, "", 200)]
    [InlineData("*76102", "presence", 600, "", 404)]
    [InlineData("blf-101", "dialog", 600, "", 421)]
    [InlineData("blf-101", "dialog", 600, "Supported: eventlist\r\n", 200)]
    [InlineData("blf-102", "dialog", 600, "Supported: eventlist\r\n", 403)]
    [InlineData("blf-199", "dialog", 600, "Supported: eventlist\r\n", 404)]
    public async Task What_may_be_watched_is_granted_and_all_else_is_refused_with_its_reason(string target, string package, int? expires, string headers, int status)
    {
        await using var world = await EdgeWorld.Start();
        var watcher = await world.Registered("101");
        var answer = await watcher.Watch(target, package).Subscribe(expires, headers);
        Assert.Equal(status, answer.StatusCode);
        if (status == 489) Assert.Contains("dialog", answer.HeaderText(HeaderName.AllowEvents), StringComparison.Ordinal);
        if (status == 423) Assert.Equal("60", answer.HeaderText(HeaderName.MinExpires));
        if (status == 421) Assert.Equal("eventlist", answer.HeaderText(HeaderName.Require));
        Assert.Equal(status == 200 ? 1 : 0, world.Edge.Subscriptions);
    }

    [Fact]
    public async Task Only_who_proves_to_be_of_the_tenant_may_watch()
    {
        await using var world = await EdgeWorld.Start();
        var stranger = world.Phone("102", secret: "wrong");
        Assert.Equal(401, (await stranger.Watch("101").Subscribe()).StatusCode);
        var other = world.Phone("101", secret: TestDirectory.Secret("other", "101"));
        Assert.Equal(401, (await other.Watch("102").Subscribe()).StatusCode);
        var liar = await world.Registered("103");
        liar.SaysItIs = "sip:104@acme.example";
        Assert.Equal(403, (await liar.Watch("102").Subscribe()).StatusCode);
        Assert.Equal(0, world.Edge.Subscriptions);
    }

    [Trait("Feature", "N12")]
    [Fact]
    public async Task Presence_says_whether_they_can_be_reached_what_they_do_and_what_they_publish()
    {
        await using var world = await EdgeWorld.Start();
        var (watcher, watched) = (await world.Registered("101"), world.Phone("102"));
        var presence = watcher.Watch("102", "presence");
        await presence.Subscribe();
        Assert.Contains("<basic>closed</basic>", await presence.NextText(), StringComparison.Ordinal);
        await watched.Register();
        Assert.Contains("<basic>open</basic>", await presence.NextText(), StringComparison.Ordinal);
        var (status, published) = await Publish(watched, null, Pidf.Write("sip:102@acme.example", new PresenceStatus(true, PresenceActivity.Meal, "Soup & <bread>")).Numbered(0));
        Assert.Equal(200, status);
        var tag = published!.HeaderText(HeaderName.SipETag)!;
        var told = await presence.NextText();
        Assert.Contains("<rpid:meal/>", told, StringComparison.Ordinal);
        Assert.Contains("Soup &amp; &lt;bread&gt;", told, StringComparison.Ordinal);

        var (_, refreshed) = await Publish(watched, tag);
        Assert.NotEqual(tag, refreshed!.HeaderText(HeaderName.SipETag));
        Assert.Equal(412, (await Publish(watched, tag)).Status);
        Assert.Equal(412, (await Publish(watched, "never-given")).Status);
        await Publish(watched, refreshed.HeaderText(HeaderName.SipETag), expires: 0);
        Assert.DoesNotContain("meal", await presence.NextText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("presence", "102", 3600, "<!DOCTYPE x [<!ENTITY a 'b'>]><presence xmlns='urn:ietf:params:xml:ns:pidf'>&a;</presence>", "application/pidf+xml", 400)]
    [InlineData("presence", "102", 3600, "", "application/pidf+xml", 400)]
    [InlineData("presence", "102", 3600, "hello", "text/plain", 415)]
    [InlineData("presence", "103", 3600, "<presence xmlns='urn:ietf:params:xml:ns:pidf'/>", "application/pidf+xml", 403)]
    [InlineData("presence", "102", 5, "<presence xmlns='urn:ietf:params:xml:ns:pidf'/>", "application/pidf+xml", 423)]
    [InlineData("dialog", "102", 3600, "<presence xmlns='urn:ietf:params:xml:ns:pidf'/>", "application/pidf+xml", 489)]
    [InlineData("presence", "102", 3600, "<presence xmlns='urn:ietf:params:xml:ns:pidf'/>", "application/pidf+xml", 200)]
    public async Task What_is_published_is_checked(string package, string whose, int expires, string body, string type, int status)
    {
        await using var world = await EdgeWorld.Start();
        var phone = await world.Registered("102");
        var answer = await phone.Send(SipMethod.Publish, $"sip:{whose}@acme.example", $"Event: {package}\r\nExpires: {expires}\r\n", body, type);
        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task The_message_lamp_shows_what_the_mailbox_holds()
    {
        await using var world = await EdgeWorld.Start();
        var phone = await world.Registered("101");
        var lamp = phone.Watch("101", "message-summary");
        await lamp.Subscribe();
        Assert.Contains("Voice-Message: 0/0 (0/0)", await lamp.NextText(), StringComparison.Ordinal);
        world.Mailboxes.Put("acme/101", new MessageCounts(2, 1));
        var told = await lamp.NextText();
        Assert.Contains("Messages-Waiting: yes", told, StringComparison.Ordinal);
        Assert.Contains("Voice-Message: 2/1 (0/0)", told, StringComparison.Ordinal);
        world.Mailboxes.Put("acme/101", default);
        Assert.Contains("Messages-Waiting: no", await lamp.NextText(), StringComparison.Ordinal);
    }

    [Trait("Feature", "SID-02")]
    [Fact]
    public async Task One_subscription_to_a_list_shows_all_keys_and_then_what_changed()
    {
        await using var world = await EdgeWorld.Start();
        var (phone, caller, callee) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var list = phone.Watch("blf-101");
        await list.Subscribe(headers: "Supported: eventlist\r\nAccept: multipart/related, application/rlmi+xml, application/dialog-info+xml\r\n");
        var (full, documents) = Split(await list.Next());
        Assert.Equal("true", (string?)full.Attribute("fullState"));
        Assert.Equal(9, full.Elements().Count());
        Assert.InRange(documents, 1, 9);
        while (documents < 9)
            documents += Split(await list.Next()).Documents;
        await caller.Call("103");
        (await callee.NextCall()).Answer();
        var changed = new HashSet<string>();
        while (changed.Count < 2)
        {
            var (partial, _) = Split(await list.Next());
            Assert.Equal("false", (string?)partial.Attribute("fullState"));
            changed.UnionWith(partial.Elements().Select(resource => (string)resource.Attribute("uri")!));
        }
        Assert.Equal(["sip:102@acme.example", "sip:103@acme.example"], changed.Order());

        static (System.Xml.Linq.XElement List, int Documents) Split(SipMessage notify)
        {
            Assert.Equal("eventlist", notify.HeaderText(HeaderName.Require));
            Assert.True(MediaType.TryParse(notify.ContentType, out var type, out _));
            Assert.True(MultipartBody.TrySplit(notify.Body, type.Boundary, out var parts));
            foreach (var part in parts)
                TestWatch.Parse(part.Content);
            return (TestWatch.Parse(parts[0].Content), parts.Count - 1);
        }
    }

    [Fact]
    public async Task Refreshes_are_told_everything_and_write_nothing()
    {
        await using var world = await EdgeWorld.Start();
        var lamp = (await world.Registered("101")).Watch("102");
        await lamp.Subscribe();
        await lamp.Next();
        var written = world.Subscriptions.Writes;
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(200, (await lamp.Subscribe()).StatusCode);
            Assert.Equal("active", TestWatch.StateOf(await lamp.Next()));
        }
        Assert.Equal((1, 1), (written, world.Subscriptions.Writes));
        Assert.Equal(1, world.Edge.Subscriptions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lamp_of_a_node_that_was_lost_goes_on_for_a_phone_that_registers_here_before_or_after(bool before)
    {
        await using var world = await EdgeWorld.Start();
        var phone = world.Phone("101");
        var lamp = phone.Watch("102");
        Leave(world, "lost", phone, lamp);
        if (before)
            Assert.Equal(200, await phone.Register());
        _ = world.Edge.NodeGone("lost");
        if (!before)
            Assert.Equal(200, await phone.Register());
        Assert.Equal("active", TestWatch.StateOf(await lamp.Next()));
        await Eventually.True(() => world.Subscriptions.Kept.Count == 1);
        Assert.Empty(world.Subscriptions.OfOthers);
        Assert.Equal(1, world.Edge.Subscriptions);
    }

    [Fact]
    public async Task Lamps_of_a_node_that_is_back_are_left_to_it()
    {
        await using var world = await EdgeWorld.Start();
        var phone = world.Phone("101");
        Leave(world, "lost", phone, phone.Watch("102"));
        _ = world.Edge.NodeGone("lost");
        world.Edge.NodeBack("lost");
        Assert.Equal(200, await phone.Register());
        Assert.Single(world.Subscriptions.OfOthers);
        Assert.Equal(0, world.Edge.Subscriptions);
    }

    /// <summary>The phone has subscribed at another node.</summary>
    private static void Leave(EdgeWorld world, string node, TestPhone phone, TestWatch lamp)
    {
        var dialog = new SubscriptionRecord(lamp.CallId, "<sip:102@acme.example>;tag=ours", "ours", "<sip:101@acme.example>;tag=theirs", "theirs", phone.Contact, [], false, "dialog", 600, 7);
        world.Subscriptions.OfOthers[(node, "ours")] = new StoredSubscription("ours", "acme/101", "102", LampPackage.Dialog, "udp|192.0.2.7:5060|192.0.2.9:5060", 1_700_000_000, dialog);
    }

    [Theory]
    [InlineData("unsubscribes")]
    [InlineData("asks once")]
    [InlineData("knows nothing of it")]
    public async Task A_subscription_that_is_over_is_forgotten(string how)
    {
        await using var world = await EdgeWorld.Start();
        var lamp = (await world.Registered("101")).Watch("*76102");
        await lamp.Subscribe(how == "asks once" ? 0 : 600);
        var last = await lamp.Next();
        if (how == "unsubscribes")
        {
            Assert.Equal(200, (await lamp.Subscribe(0)).StatusCode);
            last = await lamp.Next();
        }
        else if (how == "knows nothing of it")
        {
            lamp.Answers = 481;
            await world.Grains.GetGrain<IUserGrain>("acme/102").SetDoNotDisturb(true);
        }
        if (how != "knows nothing of it")
            Assert.Equal("terminated", TestWatch.StateOf(last));
        await Eventually.True(() => world.Edge.Subscriptions == 0 && world.Subscriptions.Kept.IsEmpty);
        Assert.Equal(481, (await lamp.Subscribe()).StatusCode);
    }

    [Fact]
    public async Task A_phone_that_forgets_its_subscriptions_does_not_shut_itself_out()
    {
        await using var world = await EdgeWorld.Start((_, options) => options.MaxSubscriptionsOfUser = 3);
        var phone = await world.Registered("101");
        var lamps = new List<TestWatch>();
        for (var i = 0; i < 5; i++)
        {
            lamps.Add(phone.Watch("102"));
            Assert.Equal(200, (await lamps[i].Subscribe()).StatusCode);
            await lamps[i].Next();
        }
        Assert.Equal("terminated", TestWatch.StateOf(await lamps[0].Next()));
        Assert.Equal("terminated", TestWatch.StateOf(await lamps[1].Next()));
        await Eventually.True(() => world.Edge.Subscriptions == 3);
    }

    [Fact]
    public async Task Too_many_subscriptions_are_refused_for_now()
    {
        await using var world = await EdgeWorld.Start((_, options) => options.MaxSubscriptions = 1);
        var phone = await world.Registered("101");
        Assert.Equal(200, (await phone.Watch("102").Subscribe()).StatusCode);
        var refused = await phone.Watch("103").Subscribe();
        Assert.Equal(503, refused.StatusCode);
        Assert.True(refused.Has(HeaderName.RetryAfter));
    }

    [Fact]
    public async Task A_phone_whose_connection_broke_is_told_by_the_next_one()
    {
        await using var world = await EdgeWorld.Start();
        var phone = await world.Registered("101", SipTransport.Tcp);
        var (caller, callee) = (await world.Registered("102"), await world.Registered("103"));
        var lamp = phone.Watch("103");
        await lamp.Subscribe();
        await lamp.Next();
        phone.Network.Close(phone.Flow);
        await Eventually.True(() => !phone.Network.IsOpen(phone.Flow));
        await caller.Call("103");
        (await callee.NextCall()).Ring();
        phone.Reconnect();
        Assert.Equal(200, await phone.Register());
        await lamp.Shows("recipient early sip:102@acme.example");
    }

    [Fact]
    public async Task A_refresh_from_elsewhere_must_prove_whose_it_is()
    {
        await using var world = await EdgeWorld.Start();
        var phone = await world.Registered("101");
        var lamp = phone.Watch("102");
        await lamp.Subscribe();
        await lamp.Next();
        // Numbers of the dialog go on, whoever sends.
        lamp.Sender = world.Phone("101", secret: "wrong", from: System.Net.IPAddress.Parse("127.0.0.2"));
        lamp.Sender.CSeq = 100;
        Assert.Equal(401, (await lamp.Subscribe(0)).StatusCode);
        lamp.Sender = world.Phone("104", from: System.Net.IPAddress.Parse("127.0.0.3"));
        lamp.Sender.CSeq = 200;
        Assert.Equal(403, (await lamp.Subscribe(0)).StatusCode);
        Assert.Equal(1, world.Edge.Subscriptions);
        lamp.Sender = world.Phone("101", from: System.Net.IPAddress.Parse("127.0.0.4"));
        lamp.Sender.CSeq = 300;
        Assert.Equal(200, (await lamp.Subscribe(0)).StatusCode);
    }

    [Trait("Feature", "SID-02")]
    [Fact]
    public async Task A_thousand_lamps_of_one_user_are_all_told()
    {
        Assert.True(TrustedNetworks.TryParse(["127.0.0.0/8"], out var trusted, out _));
        await using var world = await EdgeWorld.Start((settings, options) =>
        {
            // A thousand answers at once are more than one phone's address may send.
            settings.Trusted = trusted;
            options.MaxSubscriptionsOfUser = 1000;
        });
        var phone = await world.Registered("101");
        var lamps = Enumerable.Range(0, 1000).Select(_ => phone.Watch("102")).ToList();
        foreach (var some in lamps.Chunk(50))
        {
            Assert.All(await Task.WhenAll(some.Select(lamp => lamp.Subscribe())), answer => Assert.Equal(200, answer.StatusCode));
            foreach (var lamp in some)
                Assert.Empty(await lamp.NextDialogs());
        }
        var (caller, callee) = (await world.Registered("103"), await world.Registered("102"));
        await caller.Call("102");
        (await callee.NextCall()).Answer();
        await Task.WhenAll(lamps.Select(lamp => lamp.Shows("recipient confirmed sip:103@acme.example")));
    }

    private static Task<(int Status, SipMessage? Message)> Publish(TestPhone phone, string? match, byte[]? body = null, int expires = 3600) => phone.Send(
        SipMethod.Publish,
        $"sip:{phone.Extension}@{phone.Domain}",
        $"Event: presence\r\nExpires: {expires}\r\n{(match is null ? "" : $"SIP-If-Match: {match}\r\n")}",
        Encoding.UTF8.GetString(body ?? []),
        body is null ? "" : "application/pidf+xml");
}
