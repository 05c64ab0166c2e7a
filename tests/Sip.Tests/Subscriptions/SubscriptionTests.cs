using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Subscriptions;
using Webphone.Sip.Tests.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Tests.Subscriptions;

/// <summary>RFC 6665 between two stacks: "watcher" subscribes at "server".</summary>
public sealed class SubscriptionTests
{
    private static readonly byte[] CallId = "a-subscription"u8.ToArray();
    private readonly VirtualNetwork _network = new(7);
    private readonly Phone _watcher;
    private readonly Phone _server;
    private readonly Owner _owner = new();
    private readonly List<SipMessage> _notified = [];
    private Subscription? _subscription;
    private string _toTag = "";
    private uint _cseq;

    public SubscriptionTests()
    {
        _watcher = _network.Add("watcher");
        _server = _network.Add("server");
        _server.Requested = request =>
        {
            var seconds = (int)(request.Request.Expires ?? 3600);
            _server.Stack.Subscriptions.Open(request, seconds, _owner, made => _subscription = made);
        };
        _owner.Refreshed = (subscription, request) => subscription.Refresh(request, (int)(request.Request.Expires ?? 3600));
        _watcher.Notified = Answer(200);
        _network.Rewrites = (from, text) => from == _watcher && _toTag.Length > 0
            ? text.Replace("To: <sip:server@a.example>\r\n", $"To: <sip:server@a.example>;tag={_toTag}\r\n", StringComparison.Ordinal)
            : text;
    }

    [Theory]
    [InlineData(SipTransport.Udp)]
    [InlineData(SipTransport.Tcp)]
    [InlineData(SipTransport.Wss)]
    public void Who_subscribes_is_told_at_once_and_at_every_change(SipTransport transport)
    {
        var network = new VirtualNetwork(3);
        var watcher = network.Add("watcher", transport);
        var server = network.Add("server", transport);
        var owner = new Owner();
        Subscription? subscription = null;
        var bodies = new List<string>();
        server.Requested = request => server.Stack.Subscriptions.Open(request, 600, owner, made => subscription = made);
        watcher.Notified = notify =>
        {
            bodies.Add(Encoding.UTF8.GetString(notify.Request.Body.Span));
            watcher.Stack.Respond(notify, 200);
        };
        watcher.Stack.SendRequest(SipMethod.Subscribe, watcher.FlowTo(server), Subscribing(watcher, server, 600, 1));
        network.Run(1000);
        owner.Says = "ringing";
        subscription!.Changed();
        network.Run(1000);
        Assert.Equal(["idle", "ringing"], bodies);
        Assert.Equal(
            ["watcher: SUBSCRIBE", "server: 200 SUBSCRIBE", "server: NOTIFY", "watcher: 200 NOTIFY", "server: NOTIFY", "watcher: 200 NOTIFY"], network.Log);
    }

    [Fact]
    public void The_answer_and_the_notify_say_how_long_it_holds_and_what_it_is_to()
    {
        Subscribe(1800);
        var (_, answer) = _watcher.Responses[^1].Status is 200 ? (200, Last("200 SUBSCRIBE")) : default;
        Assert.NotNull(answer);
        var notify = Assert.Single(_notified);
        Assert.Equal("dialog;id=7", notify.HeaderText(HeaderName.Event));
        Assert.Equal("active;expires=1799", notify.HeaderText(HeaderName.SubscriptionState)!.Replace("1800", "1799", StringComparison.Ordinal));
        Assert.True(notify.Has(HeaderName.Contact));
        Assert.Equal("text/plain", Encoding.ASCII.GetString(notify.ContentType));
        Assert.Equal(_toTag, Encoding.ASCII.GetString(notify.FromTag));
    }

    [Fact]
    public void Changes_come_in_order_one_at_a_time_and_the_newest_is_what_counts()
    {
        Subscribe();
        for (var i = 0; i < 50; i++)
        {
            _owner.Says = $"change {i}";
            _subscription!.Changed();
            _network.Run(10);
        }
        _network.Run(2000);
        Assert.Equal("change 49", Body(_notified[^1]));
        Assert.InRange(_notified.Count, 3, 10);
        Assert.Equal(Enumerable.Range(0, _notified.Count), _notified.Select(notify => (int)notify.CSeqNumber - 1));
        Assert.Equal(Enumerable.Range(0, _notified.Count), _owner.Versions.Select(version => (int)version));
    }

    [Fact]
    public void A_refresh_is_told_everything_again_and_lives_on()
    {
        Subscribe(600);
        _network.Run(500_000);
        Refresh(600);
        _network.Run(500_000);
        Assert.Equal(SubscriptionStage.Idle, _subscription!.Stage);
        Assert.Equal(2, _notified.Count);
        _network.Run(200_000);
        AssertEnded("timeout");
    }

    [Fact]
    public void Without_a_refresh_it_ends_by_its_time()
    {
        Subscribe(60);
        _network.Run(100_000);
        AssertEnded("timeout");
    }

    [Fact]
    public void Who_unsubscribes_is_told_a_last_time()
    {
        Subscribe();
        Refresh(0);
        _network.Run(100_000);
        AssertEnded("timeout");
    }

    [Fact]
    public void Who_only_asks_is_told_once()
    {
        Subscribe(0);
        _network.Run(100_000);
        AssertEnded("timeout", notifies: 1);
    }

    [Fact]
    public void A_subscriber_that_does_not_know_it_ends_it()
    {
        Subscribe();
        _watcher.Notified = Answer(481);
        _subscription!.Changed();
        _network.Run(100_000);
        AssertOver();
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(603)]
    public void A_notify_that_is_refused_ends_it(int status)
    {
        Subscribe();
        _watcher.Notified = Answer(status);
        _subscription!.Changed();
        _network.Run(100_000);
        AssertOver();
    }

    [Fact]
    public void A_subscriber_that_is_gone_ends_it_when_nobody_answers()
    {
        Subscribe();
        _network.Drops = (from, _) => from == _server;
        _subscription!.Changed();
        _network.Run(40_000);
        AssertOver();
    }

    [Fact]
    public void One_that_is_busy_for_now_is_told_everything_later()
    {
        Subscribe();
        _watcher.Notified = notify => _watcher.Stack.Respond(notify, 503, new SipPayload(new HeaderLines().Add("Retry-After", "5").Bytes));
        _owner.Says = "ringing";
        _subscription!.Changed();
        _network.Run(4000);
        Assert.Single(_notified);
        _watcher.Notified = Answer(200);
        _network.Run(4000);
        Assert.Equal("ringing", Body(_notified[^1]));
    }

    [Fact]
    public void A_lost_notify_comes_again_and_the_change_meanwhile_with_the_next()
    {
        Subscribe();
        var lost = 0;
        _network.Drops = (from, message) => from == _server && message.Method == SipMethod.Notify && message.IsRequest && lost++ == 0;
        _owner.Says = "ringing";
        _subscription!.Changed();
        _network.Run(100);
        _owner.Says = "talking";
        _subscription!.Changed();
        _network.Run(2000);
        Assert.Equal(["idle", "ringing", "talking"], _notified.Select(Body));
    }

    [Fact]
    public void A_refresh_that_crosses_a_notify_is_answered_and_told()
    {
        Subscribe();
        _subscription!.Changed();
        Refresh(600);
        _network.Run(1000);
        Assert.Equal(SubscriptionStage.Idle, _subscription.Stage);
        Assert.Equal(3, _notified.Count);
    }

    [Fact]
    public void An_unsubscribe_that_crosses_a_notify_ends_it_after_that()
    {
        Subscribe();
        _subscription!.Changed();
        Refresh(0);
        _network.Run(100_000);
        AssertEnded("timeout", notifies: 3);
    }

    [Theory]
    [InlineData(SubscriptionEnd.Deactivated, "deactivated")]
    [InlineData(SubscriptionEnd.Rejected, "rejected")]
    [InlineData(SubscriptionEnd.NoResource, "noresource")]
    [InlineData(SubscriptionEnd.Probation, "probation")]
    public void We_end_it_and_say_why(SubscriptionEnd end, string reason)
    {
        Subscribe();
        _subscription!.End(end);
        _subscription.End(end);
        _network.Run(100_000);
        AssertEnded(reason);
    }

    [Fact]
    public void A_refresh_of_what_has_ended_gets_481()
    {
        Subscribe();
        _subscription!.End(SubscriptionEnd.NoResource);
        _network.Run(100_000);
        Refresh(600);
        _network.Run(100_000);
        Assert.Equal(481, _watcher.Responses[^1].Status);
    }

    [Fact]
    public void Another_event_in_its_dialog_is_refused_and_leaves_it()
    {
        Subscribe();
        Send(Subscribing(_watcher, _server, 600, ++_cseq, "presence"));
        _network.Run(1000);
        Assert.Equal(489, _watcher.Responses[^1].Status);
        Assert.Equal(SubscriptionStage.Idle, _subscription!.Stage);
    }

    [Fact]
    public void An_old_request_in_its_dialog_is_refused()
    {
        _cseq = 5;
        Subscribe();
        Send(Subscribing(_watcher, _server, 600, 3));
        _network.Run(1000);
        Assert.Equal(500, _watcher.Responses[^1].Status);
    }

    [Fact]
    public void Another_method_in_its_dialog_is_refused()
    {
        Subscribe();
        _watcher.Stack.SendRequest(SipMethod.Info, _watcher.FlowTo(_server), Subscribing(_watcher, _server, 600, ++_cseq));
        _network.Run(1000);
        Assert.Equal(405, _watcher.Responses[^1].Status);
    }

    [Fact]
    public void A_strangers_refresh_is_refused()
    {
        Subscribe();
        _toTag = "guessed";
        Send(Subscribing(_watcher, _server, 0, ++_cseq));
        _network.Run(1000);
        Assert.Equal(481, _watcher.Responses[^1].Status);
        Assert.Equal(SubscriptionStage.Idle, _subscription!.Stage);
    }

    [Fact]
    public void A_subscribe_without_event_gets_489_and_one_without_contact_400()
    {
        Send(Subscribing(_watcher, _server, 600, 1, headers: "Contact: <sip:watcher@127.0.0.1>\r\n"));
        _network.Run(1000);
        Assert.Equal(489, _watcher.Responses[^1].Status);
        Send(Subscribing(_watcher, _server, 600, 2, headers: "Event: dialog\r\n"));
        _network.Run(1000);
        Assert.Equal(400, _watcher.Responses[^1].Status);
        Assert.Equal(0, _server.Stack.Subscriptions.Count);
    }

    [Fact]
    public void A_flow_that_is_lost_is_waited_for_and_the_next_one_told_everything()
    {
        Subscribe(600);
        _network.Drops = (from, message) => from == _server && message.IsRequest;
        _owner.Says = "ringing";
        _subscription!.Changed();
        _server.Stack.FlowFailed(_server.FlowTo(_watcher), _network.NowMs);
        Assert.Equal(SubscriptionStage.Away, _subscription.Stage);
        _network.Drops = (_, _) => false;
        _subscription.Changed();
        _network.Run(1000);
        Assert.Single(_notified);
        _subscription.MoveTo(_server.FlowTo(_watcher));
        _network.Run(1000);
        Assert.Equal("ringing", Body(_notified[^1]));
    }

    [Fact]
    public void A_flow_that_never_comes_back_ends_with_the_time()
    {
        Subscribe(600);
        _subscription!.Changed();
        _server.Stack.FlowFailed(_server.FlowTo(_watcher), _network.NowMs);
        _network.Run(700_000);
        AssertOver();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_restart_it_goes_on_in_the_same_dialog(bool flowIsKnown)
    {
        Subscribe(600);
        var record = _subscription!.ToRecord();
        var lastCSeq = _notified[^1].CSeqNumber;
        var other = new Phone(_network, "server", 2, SipTransport.Udp, new SipStackOptions());
        _network.Phones[1] = other;
        // The phones of the network have seeds by their number; another run has another.
        for (var i = 0; i < 100; i++)
            other.Stack.Identifiers.Tag();
        _owner.Says = "after";
        Subscription? restored = null;
        other.Stack.Subscriptions.Restore(record, 1000, other.FlowTo(_watcher), flowIsKnown, _owner, made => restored = made);
        _network.Run(1000);
        Assert.Equal(flowIsKnown ? 2 : 1, _notified.Count);
        Refresh(600);
        _network.Run(1000);
        Assert.Equal(200, _watcher.Responses[^1].Status);
        Assert.Equal("after", Body(_notified[^1]));
        Assert.True(_notified[^1].CSeqNumber > lastCSeq);
        Assert.Equal(SubscriptionStage.Idle, restored!.Stage);
        Assert.Equivalent(record with { RemoteCSeq = record.RemoteCSeq + 1 }, restored.ToRecord());
    }

    [Fact]
    public void A_storm_of_refreshes_leaves_one_subscription_and_one_notify_at_a_time()
    {
        Subscribe();
        for (var i = 0; i < 500; i++)
            Refresh(600);
        _network.Run(20_000);
        Assert.Equal(1, _server.Stack.Subscriptions.Count);
        Assert.Equal(500, _watcher.Responses.Count(response => response.Status == 200) - 1);
        Assert.InRange(_notified.Count, 2, 502);
    }

    private Action<ServerTransaction> Answer(int status) => notify =>
    {
        if (status == 200)
            _notified.Add(notify.Request);
        _toTag = Encoding.ASCII.GetString(notify.Request.FromTag);
        _watcher.Stack.Respond(notify, status);
    };

    private void Subscribe(int seconds = 600)
    {
        Send(Subscribing(_watcher, _server, seconds, ++_cseq));
        _network.Run(1000);
        Assert.Equal(200, _watcher.Responses[^1].Status);
    }

    private void Refresh(int seconds) => Send(Subscribing(_watcher, _server, seconds, ++_cseq));

    private void Send(in OutgoingRequest request) => Assert.NotNull(_watcher.Stack.SendRequest(SipMethod.Subscribe, _watcher.FlowTo(_server), request));

    private static OutgoingRequest Subscribing(Phone watcher, Phone server, int seconds, uint cseq, string package = "dialog;id=7", string? headers = null) =>
        watcher.Request(server, headers: headers ?? $"Event: {package}\r\nExpires: {seconds}\r\nContact: <sip:watcher@{watcher.EndPoint}>\r\n") with
        {
            CallId = CallId,
            FromTag = "watching"u8.ToArray(),
            CSeq = cseq,
        };

    private SipMessage? Last(string entry) => _network.Log.Contains($"server: {entry}") ? _notified[^1] : null;

    private static string Body(SipMessage notify) => Encoding.UTF8.GetString(notify.Body.Span);

    private void AssertEnded(string reason, int? notifies = null)
    {
        Assert.Equal($"terminated;reason={reason}", _notified[^1].HeaderText(HeaderName.SubscriptionState));
        if (notifies is { } count)
            Assert.Equal(count, _notified.Count);
        AssertOver();
    }

    private void AssertOver()
    {
        Assert.True(_subscription!.IsOver);
        Assert.Equal(1, _owner.Overs);
        Assert.Equal(0, _server.Stack.Subscriptions.Count);
        Assert.Equal(0, _server.Stack.TimerCount);
    }

    private sealed class Owner : ISubscriptionOwner
    {
        public string Says { get; set; } = "idle";

        public List<uint> Versions { get; } = [];

        public int Overs { get; private set; }

        public Action<Subscription, ServerTransaction>? Refreshed { get; set; }

        public SipPayload State(Subscription subscription, bool isFull)
        {
            Versions.Add(subscription.Version);
            return new SipPayload(default, Encoding.UTF8.GetBytes(Says), "text/plain"u8.ToArray());
        }

        public void OnRefresh(Subscription subscription, ServerTransaction subscribe) => Refreshed!(subscription, subscribe);

        public void OnOver(Subscription subscription) => Overs++;
    }
}
