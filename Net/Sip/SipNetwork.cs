using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Webphone.Net.Sip.Limits;
using Webphone.Net.Sip.Streams;
using Webphone.Net.Sip.Udp;
using Webphone.Net.Sip.WebSockets;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Net.Sip;

/// <summary>
/// The SIP transports of one process: its listeners, its connections and their limits. What comes in goes to one <see cref="ISipReceiver"/>; what goes
/// out is sent on a <see cref="SipFlow"/> and never blocks. Safe from any thread.
/// </summary>
public sealed partial class SipNetwork : IConnectionOwner, IDatagramOwner, IAsyncDisposable
{
    /// <summary>The listener number of flows that the web server took in.</summary>
    private const int NoListener = -1;

    private readonly SipNetworkSettings _settings;
    private readonly TimeProvider _time;
    private readonly WireTrace _trace;
    private readonly ILogger _logger;
    private readonly LocalAddresses _addresses;
    private readonly AddressRates _messageRates;
    private readonly ConnectionTable _connections;
    private readonly List<UdpListener> _udp = [];
    private readonly List<StreamListener> _streams = [];
    private readonly List<byte[]?> _fixedAddresses = [];
    private ISipReceiver? _receiver;
    private volatile bool _stopping;

    public SipNetwork(SipNetworkSettings settings, TimeProvider time, TransportCounters counters, WireTrace trace, ILogger<SipNetwork> logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.FindMistake() is { } mistake)
            throw new ArgumentException(mistake, nameof(settings));
        _settings = settings;
        _time = time;
        Counters = counters;
        _trace = trace;
        _logger = logger;
        _addresses = new LocalAddresses(settings.AdvertisedHost);
        _messageRates = new AddressRates(settings.Limits.Messages);
        _connections = new ConnectionTable(settings, counters, time, this);
    }

    public TransportCounters Counters { get; }

    /// <summary>Where it listens, with the ports that the system chose, in the order of <see cref="SipNetworkSettings.Listen"/>.</summary>
    public IReadOnlyList<SipListenPoint> Listening { get; private set; } = [];

    private long NowMs => _time.GetTimestamp() * 1000 / _time.TimestampFrequency;

    /// <summary>Opens all listeners; nothing is received before <see cref="Start"/>. Throws <see cref="SipBindException"/> for the first that fails.</summary>
    public void Bind()
    {
        var bound = new List<SipListenPoint>();
        foreach (var point in _settings.Listen)
        {
            try
            {
                bound.Add(point with { EndPoint = Bind(point, bound.Count) });
            }
            catch (SocketException cause)
            {
                CloseListeners();
                throw new SipBindException(point, cause);
            }
        }
        Listening = bound;
    }

    /// <summary>Begins to receive.</summary>
    public void Start(ISipReceiver receiver)
    {
        _receiver = receiver;
        foreach (var listener in _udp)
            listener.Start();
        foreach (var listener in _streams)
            _ = listener.Run();
        _connections.Start();
    }

    /// <summary>Sends one message; false when the flow is gone or the network refused it.</summary>
    public bool Send(in SipFlow flow, ReadOnlySpan<byte> message)
    {
        _trace.Sent(flow, message);
        var sent = flow.Connection != 0
            ? _connections.Find(flow.Connection) is { } connection && connection.Send(message)
            : FindUdp(flow.Listener) is { } listener && listener.Send(flow.Remote, message);
        Counters.Add(sent ? TransportCount.Sent : TransportCount.SendFailed);
        return sent;
    }

    /// <summary>What the other side of the flow reaches us at: host:port in ASCII.</summary>
    public byte[] LocalAddress(in SipFlow flow)
    {
        if (flow.Listener >= 0 && flow.Listener < _fixedAddresses.Count && _fixedAddresses[flow.Listener] is { } known)
            return known;
        return _addresses.Towards(flow.Remote.Address, LocalEnd(flow));
    }

    /// <summary>Whether something can be sent on the flow: its connection is open, or its listener is.</summary>
    public bool IsOpen(in SipFlow flow) =>
        flow.Connection != 0 ? _connections.Find(flow.Connection) is not null : FindUdp(flow.Listener) is not null;

    /// <summary>The flow as text that survives a restart as far as the flow does.</summary>
    public string Describe(in SipFlow flow) => FlowText.Write(flow, LocalEnd(flow));

    /// <summary>The flow of a text that <see cref="Describe"/> made; false when nothing can be sent on it now.</summary>
    public bool TryResolve(string text, out SipFlow flow)
    {
        flow = default;
        if (!FlowText.TryRead(text, out var transport, out var local, out var remote, out var id))
            return false;
        if (id != 0)
        {
            if (_connections.Find(id) is not { } connection)
                return false;
            flow = connection.Flow;
            return true;
        }
        if (transport is not SipTransport.Udp || UdpFor(local, remote) is not { } listener)
            return false;
        flow = new SipFlow(SipTransport.Udp, listener.Id, remote);
        return true;
    }

    /// <summary>The remote address in a text that <see cref="Describe"/> made, whether or not its flow is still there; null when it is no such text.</summary>
    public static IPEndPoint? RemoteOf(string text) => FlowText.TryRead(text, out _, out _, out var remote, out _) ? remote : null;

    /// <summary>A flow to an address that has none: by UDP at once, by TCP or TLS over a connection that is opened meanwhile. False when we do not speak that transport.</summary>
    public bool TryOpen(SipTransport transport, IPEndPoint remote, string serverName, out SipFlow flow)
    {
        flow = default;
        if (transport is SipTransport.Udp && UdpFor(remote, remote) is { } listener)
        {
            flow = new SipFlow(SipTransport.Udp, listener.Id, remote);
            return true;
        }
        if (transport is not (SipTransport.Tcp or SipTransport.Tls) || _stopping)
            return false;
        var near = FindListener(transport, remote);
        var any = remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        var local = near < 0 ? new IPEndPoint(any, transport.DefaultPort()) : Listening[near].EndPoint;
        if (_connections.Open(transport, near, local, remote, serverName) is not { } connection)
            return false;
        flow = connection.Flow;
        return true;
    }

    /// <summary>Closes a connection; a UDP flow has nothing to close.</summary>
    public void Close(in SipFlow flow)
    {
        if (flow.Connection != 0)
            _connections.Find(flow.Connection)?.Close(FlowEnd.ServerStopped);
    }

    /// <summary>
    /// Serves a WebSocket that the web server accepted with the subprotocol <c>sip</c>; completes when it is over.
    /// </summary>
    public Task AcceptWebSocket(WebSocket socket, IPEndPoint local, IPEndPoint remote, bool secure)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var transport = secure ? SipTransport.Wss : SipTransport.Ws;
        if (_stopping || _connections.Refuse(remote.Address))
        {
            socket.Abort();
            return Task.CompletedTask;
        }
        return _connections.Run(_connections.Setup(transport, NoListener, local, remote, isOutgoing: false), setup => new WebSocketConnection(setup, socket));
    }

    /// <summary>Stops to receive, closes every connection and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping)
            return;
        _stopping = true;
        CloseListeners();
        await _connections.DisposeAsync();
    }

    void IDatagramOwner.Received(UdpListener listener, IPEndPoint from, ReadOnlySpan<byte> datagram)
    {
        var message = datagram.TrimStart("\r\n"u8);
        if (!Admit(SourceAddress.From(from.Address)))
            return;
        if (message.TrimStart((byte)0).IsEmpty)
        {
            Counters.Add(TransportCount.KeepAlive);
            return;
        }
        Take(new SipFlow(SipTransport.Udp, listener.Id, from), message);
    }

    Intake IConnectionOwner.Received(SipConnection connection, ReadOnlySpan<byte> message)
    {
        if (!Admit(connection.RemoteAddress))
            return Intake.OverRate;
        if (!message.IsEmpty)
            return Take(connection.Flow, message) ? Intake.Taken : Intake.Malformed;
        Counters.Add(TransportCount.KeepAlive);
        connection.Send("\r\n"u8);
        return Intake.Taken;
    }

    void IConnectionOwner.Failed(SipConnection connection, Exception failure)
    {
        Counters.Add(TransportCount.Failed);
        LogFailed(failure, connection.Transport, connection.Remote);
    }

    void IConnectionOwner.Closed(SipConnection connection, FlowEnd end)
    {
        _connections.Forget(connection);
        LogClosed(connection.Transport, connection.Remote, end);
        _receiver?.FlowClosed(connection.Flow, end);
    }

    private bool Admit(SourceAddress from)
    {
        if (_settings.Trusted.Contains(from) || _messageRates.TryTake(from, NowMs))
            return true;
        Counters.Add(TransportCount.MessageRate);
        return false;
    }

    private bool Take(in SipFlow flow, ReadOnlySpan<byte> message)
    {
        Counters.Add(TransportCount.Received);
        _trace.Received(flow, message);
        try
        {
            if (_receiver!.Received(flow, message))
                return true;
        }
        // The edge of every receive loop: whatever a message provokes above must not end the thread that serves all others.
        catch (Exception failure)
        {
            Counters.Add(TransportCount.Failed);
            LogFailed(failure, flow.Transport, flow.Remote);
        }
        Counters.Add(TransportCount.Malformed);
        return false;
    }

    private IPEndPoint Bind(SipListenPoint point, int id)
    {
        IPEndPoint local;
        if (point.Transport is SipTransport.Udp)
        {
            var listener = new UdpListener(id, point.EndPoint, _settings.Udp, this);
            _udp.Add(listener);
            local = listener.Local;
        }
        else
        {
            var listener = new StreamListener(id, point, Accept, _time);
            _streams.Add(listener);
            local = listener.Local;
        }
        _fixedAddresses.Add(_addresses.Fixed(local));
        return local;
    }

    private void Accept(StreamListener listener, Socket socket)
    {
        IPEndPoint? remote = null;
        try
        {
            remote = (IPEndPoint)socket.RemoteEndPoint!;
            if (!_stopping && !_connections.Refuse(remote.Address))
            {
                var setup = _connections.Setup(listener.Transport, listener.Id, (IPEndPoint)socket.LocalEndPoint!, remote, isOutgoing: false);
                _ = _connections.Run(setup, made => new StreamConnection(made, socket, _settings.Certificate, null));
                return;
            }
        }
        catch (SocketException)
        {
            // The peer left at once.
            if (remote is not null)
                _connections.Leave(remote.Address);
        }
        socket.Dispose();
    }

    private IPEndPoint LocalEnd(in SipFlow flow)
    {
        if (flow.Connection != 0 && _connections.Find(flow.Connection) is { } connection)
            return connection.Local;
        return flow.Listener >= 0 && flow.Listener < Listening.Count ? Listening[flow.Listener].EndPoint : new IPEndPoint(IPAddress.Any, 0);
    }

    private int FindListener(SipTransport transport, IPEndPoint remote)
    {
        for (var i = 0; i < Listening.Count; i++)
        {
            if (Listening[i].Transport == transport && Listening[i].EndPoint.AddressFamily == remote.AddressFamily)
                return i;
        }
        return NoListener;
    }

    private UdpListener? FindUdp(int id)
    {
        foreach (var listener in _udp)
        {
            if (listener.Id == id)
                return listener;
        }
        return null;
    }

    /// <summary>The listener on that very address, else any that can reach the remote end.</summary>
    private UdpListener? UdpFor(IPEndPoint local, IPEndPoint remote) =>
        _udp.Find(listener => listener.Local.Equals(local)) ?? _udp.Find(listener => listener.Local.AddressFamily == remote.AddressFamily);

    private void CloseListeners()
    {
        foreach (var listener in _streams)
            listener.Dispose();
        foreach (var listener in _udp)
            listener.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Transport} connection of {Remote} is over: {End}")]
    private partial void LogClosed(SipTransport transport, IPEndPoint remote, FlowEnd end);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message by {Transport} from {Remote} could not be processed")]
    private partial void LogFailed(Exception failure, SipTransport transport, IPEndPoint remote);
}
