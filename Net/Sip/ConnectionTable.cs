using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Webphone.Net.Sip.Limits;
using Webphone.Net.Sip.Streams;
using Webphone.Sip.Messages;

namespace Webphone.Net.Sip;

/// <summary>All connections of the process by their number, with the limits on how many there may be and how long they may be silent. Safe from any thread.</summary>
internal sealed class ConnectionTable : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<long, SipConnection> _byId = new();
    private readonly SipNetworkSettings _settings;
    private readonly TransportCounters _counters;
    private readonly TimeProvider _time;
    private readonly IConnectionOwner _owner;
    private readonly ConnectionQuota _quota;
    private readonly AddressRates _rates;
    private readonly CancellationTokenSource _stopping = new();

    // Starts anywhere, so that a number that another run of the process gave away finds nothing here.
    private long _lastId = RandomNumberGenerator.GetInt32(1 << 30) * (1L << 30);

    public ConnectionTable(SipNetworkSettings settings, TransportCounters counters, TimeProvider time, IConnectionOwner owner)
    {
        _settings = settings;
        _counters = counters;
        _time = time;
        _owner = owner;
        _quota = new ConnectionQuota(settings.Limits.Connections, settings.Limits.ConnectionsPerAddress);
        _rates = new AddressRates(settings.Limits.NewConnections);
    }

    public SipConnection? Find(long id) => _byId.TryGetValue(id, out var connection) && connection.End is FlowEnd.None ? connection : null;

    public void Start() => _ = WatchTime();

    /// <summary>Takes a place for a new connection of the address, or counts why there is none. <see cref="Forget"/> or <see cref="Leave"/> gives it back.</summary>
    public bool Refuse(IPAddress remote)
    {
        var address = SourceAddress.From(remote);
        var trusted = _settings.Trusted.Contains(address);
        var nowMs = _time.GetTimestamp() * 1000 / _time.TimestampFrequency;
        var refusal = trusted || _rates.TryTake(address, nowMs) ? _quota.TryEnter(address, trusted) : ConnectionRefusal.Rate;
        if (refusal is ConnectionRefusal.None)
        {
            _counters.Add(TransportCount.Accepted);
            _counters.Add(TransportCount.Open);
            return false;
        }
        _counters.Add(refusal switch
        {
            ConnectionRefusal.Total => TransportCount.Connections,
            ConnectionRefusal.PerAddress => TransportCount.ConnectionsPerAddress,
            _ => TransportCount.ConnectionRate,
        });
        return true;
    }

    public ConnectionSetup Setup(SipTransport transport, int listener, IPEndPoint local, IPEndPoint remote, bool isOutgoing) =>
        new(Interlocked.Increment(ref _lastId), transport, listener, local, remote, isOutgoing, _settings.Limits, _counters, _time, _owner);

    /// <summary>Makes the connection, whose place was taken by <see cref="Refuse"/>, and runs it to its end.</summary>
    public Task Run(ConnectionSetup setup, Func<ConnectionSetup, SipConnection> make)
    {
        var connection = make(setup);
        _byId[connection.Id] = connection;
        if (_stopping.IsCancellationRequested)
            connection.Close(FlowEnd.ServerStopped);
        return connection.Run();
    }

    /// <summary>Opens a connection; what is sent on it waits until it is up. Null when there are too many already.</summary>
    /// <param name="transport">TCP or TLS.</param>
    /// <param name="listener">The listener of the same transport by which the other side may reach us in turn; -1 for none.</param>
    /// <param name="local">Its address.</param>
    /// <param name="remote">Where to.</param>
    /// <param name="serverName">Whose certificate is expected, with TLS.</param>
    public SipConnection? Open(SipTransport transport, int listener, IPEndPoint local, IPEndPoint remote, string serverName)
    {
        if (_quota.TryEnter(SourceAddress.From(remote.Address), trusted: true) is not ConnectionRefusal.None)
            return null;
        _counters.Add(TransportCount.Open);
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var client = transport is SipTransport.Tls ? new SslClientAuthenticationOptions { TargetHost = serverName } : null;
        var setup = Setup(transport, listener, local, remote, isOutgoing: true);
        SipConnection connection = new StreamConnection(setup, socket, null, client);
        _byId[connection.Id] = connection;
        // Elsewhere: a connection that fails at once must not be told of from within the step that asked for it.
        _ = Task.Run(connection.Run);
        return connection;
    }

    public void Forget(SipConnection connection)
    {
        if (_byId.TryRemove(connection.Id, out _))
            Leave(connection.Remote.Address);
    }

    /// <summary>Gives back a place that no connection came to use.</summary>
    public void Leave(IPAddress remote)
    {
        _quota.Leave(SourceAddress.From(remote));
        _counters.Add(TransportCount.Open, -1);
    }

    /// <summary>Closes all and waits, for a moment, until they are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var connection in _byId.Values)
            connection.Close(FlowEnd.ServerStopped);
        var givenUp = _time.GetTimestamp();
        while (!_byId.IsEmpty && _time.GetElapsedTime(givenUp) < CloseTime)
            await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
        _stopping.Dispose();
    }

    private async Task WatchTime()
    {
        using var timer = new PeriodicTimer(LookEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                var nowMs = _time.GetTimestamp() * 1000 / _time.TimestampFrequency;
                foreach (var (_, connection) in _byId)
                    connection.CheckTime(nowMs);
            }
        }
        catch (OperationCanceledException)
        {
            // The network stops.
        }
    }
}
