using System.Net;
using System.Text;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Tests.Stack;

/// <summary>Phones on a network of virtual time that can drop, duplicate, delay and reorder datagrams, all by one seed.</summary>
internal sealed class VirtualNetwork(int seed)
{
    private readonly PriorityQueue<Datagram, (long AtMs, long Order)> _queue = new();
    private readonly Random _random = new(seed);
    private long _order;

    public List<Phone> Phones { get; } = [];

    public long NowMs { get; private set; } = 1_000_000;

    public double Loss { get; set; }

    public double Duplication { get; set; }

    public int JitterMs { get; set; }

    /// <summary>The share of datagrams in which bytes are changed, cut or repeated.</summary>
    public double Corruption { get; set; }

    public int DelayMs { get; set; } = 5;

    /// <summary>Drops what it returns true for, before the dice are thrown.</summary>
    public Func<Phone, SipMessage, bool> Drops { get; set; } = (_, _) => false;

    /// <summary>Changes messages on their way, as a peer of another make would have written them.</summary>
    public Func<Phone, string, string>? Rewrites { get; set; }

    /// <summary>All that was sent, as "name: METHOD" or "name: status METHOD".</summary>
    public List<string> Log { get; } = [];

    public bool Logs { get; set; } = true;

    public Phone Add(string name, SipTransport transport = SipTransport.Udp, SipStackOptions? options = null)
    {
        var phone = new Phone(this, name, Phones.Count + 1, transport, options ?? new SipStackOptions());
        Phones.Add(phone);
        return phone;
    }

    public void Send(Phone from, in SipFlow flow, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        Assert.True(SipMessage.TryParse(copy, out var message, out var error), $"{error}\n{Encoding.UTF8.GetString(copy)}");
        if (Rewrites is { } rewrites)
            copy = Encoding.UTF8.GetBytes(rewrites(from, Encoding.UTF8.GetString(copy)));
        var there = flow.Remote.Port - 5060 - 1;
        if (there < 0 || there >= Phones.Count)
            return; // A corrupted Via asked for a port where nobody is.
        var to = Phones[there];
        if (Logs)
            Log.Add($"{from.Name}: {(message!.IsRequest ? "" : message.StatusCode + " ")}{message.Method.ToString().ToUpperInvariant()}");
        if (message!.IsRequest && message.Method == SipMethod.Invite)
            from.LastBranch = Encoding.ASCII.GetString(message.Branch);
        if (Drops(from, message))
            return;
        var reliable = flow.IsReliable;
        if (!reliable && _random.NextDouble() < Loss)
            return;
        if (_random.NextDouble() < Corruption)
            copy = Corrupt(copy);
        Post(from, to, copy, reliable);
        if (!reliable && _random.NextDouble() < Duplication)
            Post(from, to, copy, reliable);
    }

    public void Inject(Phone to, Phone from, string text) =>
        _queue.Enqueue(new Datagram(from, to, Encoding.UTF8.GetBytes(text)), (NowMs, _order++));

    /// <summary>Runs until the time has passed, or until nothing is left to do.</summary>
    public void Run(long forMs = long.MaxValue)
    {
        var end = forMs == long.MaxValue ? long.MaxValue : NowMs + forMs;
        while (true)
        {
            var next = _queue.TryPeek(out _, out var at) ? at.AtMs : long.MaxValue;
            foreach (var phone in Phones)
                next = Math.Min(next, phone.NextMs);
            if (next == long.MaxValue || next > end)
                break;
            NowMs = Math.Max(NowMs, next);
            while (_queue.TryPeek(out var datagram, out at) && at.AtMs <= NowMs)
            {
                _queue.Dequeue();
                datagram.To.Receive(datagram.From, datagram.Bytes);
            }
            foreach (var phone in Phones)
                phone.Advance();
        }
        if (end == long.MaxValue)
            return;
        NowMs = end;
        foreach (var phone in Phones)
            phone.Stack.Advance(NowMs);
    }

    private void Post(Phone from, Phone to, byte[] bytes, bool reliable) =>
        _queue.Enqueue(new Datagram(from, to, bytes), (NowMs + DelayMs + (reliable || JitterMs == 0 ? 0 : _random.Next(JitterMs)), _order++));

    private byte[] Corrupt(byte[] bytes)
    {
        var changed = bytes.ToArray();
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            var at = _random.Next(changed.Length);
            switch (_random.Next(4))
            {
                case 0:
                    changed[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    changed[at] = (byte)('0' + _random.Next(10));
                    break;
                case 2:
                    changed = changed[..Math.Max(1, at)];
                    break;
                default:
                    changed = [.. changed[..at], .. changed[_random.Next(at + 1)..]];
                    break;
            }
        }
        return changed;
    }

    private sealed record Datagram(Phone From, Phone To, byte[] Bytes);
}

/// <summary>A stack with its user, who does what the test tells it.</summary>
internal sealed class Phone : ISipStackSink, ISipUser
{
    private readonly VirtualNetwork _network;
    private readonly SipTransport _transport;
    private readonly byte[] _address;
    private readonly PriorityQueue<Action, long> _plans = new();

    public Phone(VirtualNetwork network, string name, int number, SipTransport transport, SipStackOptions options)
    {
        _network = network;
        _transport = transport;
        Name = name;
        EndPoint = new IPEndPoint(IPAddress.Loopback, 5060 + number);
        _address = Encoding.ASCII.GetBytes(EndPoint.ToString());
        var seed = new byte[32];
        new Random(number).NextBytes(seed);
        Stack = new SipStack(options, this, this, seed, network.NowMs);
    }

    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    public SipStack Stack { get; }

    /// <summary>The branch of the last INVITE that it sent.</summary>
    public string LastBranch { get; set; } = "";

    public List<InviteSession> Sessions { get; } = [];

    public List<string> Events { get; } = [];

    public List<(int Status, ClientTransaction Transaction)> Responses { get; } = [];

    public Action<ServerTransaction>? Invited { get; set; }

    public Action<InviteSession, SessionEvent>? Happened { get; set; }

    public Action<ServerTransaction>? Requested { get; set; }

    public long NextMs => Math.Min(Stack.NextDeadlineMs, _plans.TryPeek(out _, out var at) ? at : long.MaxValue);

    public SipFlow FlowTo(Phone other) => new(_transport, 1, other.EndPoint, _transport == SipTransport.Udp ? 0 : 7);

    public void Later(long inMs, Action action) => _plans.Enqueue(action, _network.NowMs + inMs);

    public InviteSession Call(Phone other, string? sdp = "v=0 offer", SessionOptions? options = null, string headers = "")
    {
        var session = Stack.Invite(FlowTo(other), Request(other, sdp, headers), options);
        Assert.NotNull(session);
        Sessions.Add(session);
        return session;
    }

    public OutgoingRequest Request(Phone other, string? body = null, string headers = "") => new(
        Encoding.ASCII.GetBytes($"sip:{other.Name}@{other.EndPoint}"),
        Encoding.ASCII.GetBytes($"<sip:{Name}@a.example>"),
        Encoding.ASCII.GetBytes($"<sip:{other.Name}@a.example>"),
        new SipPayload(Encoding.ASCII.GetBytes(headers), Encoding.ASCII.GetBytes(body ?? "")));

    public void Receive(Phone from, byte[] bytes)
    {
        if (!SipMessage.TryParse(bytes, out var message, out _) || message is null)
            return;
        if (message.IsRequest)
            message.Stamp(from.EndPoint.Address, from.EndPoint.Port);
        Stack.Receive(FlowTo(from), message, _network.NowMs);
    }

    public void Advance()
    {
        if (Stack.NextDeadlineMs <= _network.NowMs)
            Stack.Advance(_network.NowMs);
        while (_plans.TryPeek(out var action, out var at) && at <= _network.NowMs)
        {
            _plans.Dequeue();
            // The stack's time follows before the user acts.
            Stack.Advance(_network.NowMs);
            action();
        }
    }

    /// <summary>The flow of the last message that it sent.</summary>
    public SipFlow LastFlow { get; private set; }

    /// <summary>Opens connections, if it does.</summary>
    public Func<SipFlow, SipFlow>? Opens { get; set; }

    public void Send(in SipFlow flow, ReadOnlySpan<byte> message)
    {
        LastFlow = flow;
        _network.Send(this, flow, message);
    }

    public bool TryOpen(in SipFlow wanted, out SipFlow opened)
    {
        opened = Opens?.Invoke(wanted) ?? default;
        return Opens is not null;
    }

    public byte[] LocalAddress(in SipFlow flow) => _address;

    public void OnInvite(ServerTransaction invite)
    {
        if (Invited is { } invited)
        {
            invited(invite);
            return;
        }
        var session = Stack.OpenSession(invite);
        if (session is null)
            return;
        Sessions.Add(session);
        session.Ring();
        session.Answer(Sdp("v=0 answer"));
    }

    public void OnRegister(ServerTransaction register) => Stack.Respond(register, 200);

    public void OnRequest(ServerTransaction request)
    {
        if (Requested is { } requested)
            requested(request);
        else
            Stack.Respond(request, 200);
    }

    /// <summary>Takes NOTIFY requests in dialogs that its own SUBSCRIBE made.</summary>
    public Action<ServerTransaction>? Notified { get; set; }

    public bool TryTake(ServerTransaction request)
    {
        if (request.Method == SipMethod.Notify)
            Notified?.Invoke(request);
        return request.Method == SipMethod.Notify && Notified is not null;
    }

    public void OnCancel(ServerTransaction invite) => Events.Add("Cancel");

    public void OnSessionEvent(InviteSession session, in SessionEvent e)
    {
        Events.Add(e.Kind == SessionEventKind.Ended ? $"Ended {e.End}" : e.Kind.ToString());
        if (Happened is { } happened)
        {
            happened(session, e);
            return;
        }
        if (e.Kind == SessionEventKind.Offer)
            session.AcceptOffer(Sdp("v=0 answer"));
        else if (e.Kind == SessionEventKind.Answered && e.IsOffer)
            session.SendAck(Sdp("v=0 answer"));
        else if (e.Kind == SessionEventKind.Request)
            Stack.Respond(e.Transaction!, 200);
    }

    public void OnResponse(ClientTransaction request, SipMessage? response, int status) => Responses.Add((status, request));

    public static SipPayload Sdp(string text) => SipPayload.Sdp(Encoding.ASCII.GetBytes(text));

    public void AssertNothingLeft()
    {
        Assert.Equal(0, Stack.TransactionCount);
        Assert.Equal(0, Stack.DialogCount);
        Assert.Equal(0, Stack.TimerCount);
        Assert.Equal(0, Stack.Layer.Flows.Count);
    }
}
