using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Webphone.Net.Sip.Limits;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Net.Sip.Streams;

/// <summary>
/// One connection that carries SIP both ways: TCP, TLS or WebSocket. Sending copies and never blocks; reading runs as one task. It watches its own
/// deadlines when <see cref="CheckTime"/> is called, and closes once.
/// </summary>
internal abstract class SipConnection : IDisposable
{
    private readonly IConnectionOwner _owner;
    private readonly SendQueue _queue;
    private readonly CancellationTokenSource _closing = new();
    private long _writeSinceMs = long.MaxValue;
    private long _messageSinceMs = long.MaxValue;
    private long _heardMs;
    private int _malformed;
    private int _end;
    private bool _hadMessage;

    protected SipConnection(ConnectionSetup setup)
    {
        _owner = setup.Owner;
        _queue = new SendQueue(setup.Limits.SendQueueBytes);
        Id = setup.Id;
        Transport = setup.Transport;
        Local = setup.Local;
        Remote = setup.Remote;
        Flow = new SipFlow(setup.Transport, setup.Listener, setup.Remote, setup.Id);
        RemoteAddress = SourceAddress.From(setup.Remote.Address);
        Limits = setup.Limits;
        Counters = setup.Counters;
        Time = setup.Time;
        OpenedMs = NowMs;
        _heardMs = OpenedMs;
        IsOutgoing = setup.IsOutgoing;
        Closing = _closing.Token;
    }

    public long Id { get; }

    public SipTransport Transport { get; }

    public IPEndPoint Local { get; }

    public SipFlow Flow { get; }

    public IPEndPoint Remote { get; }

    public SourceAddress RemoteAddress { get; }

    /// <summary>We opened it, to a phone whose own connection was gone.</summary>
    public bool IsOutgoing { get; }

    public FlowEnd End => (FlowEnd)Volatile.Read(ref _end);

    protected long OpenedMs { get; }

    protected long NowMs => Time.GetTimestamp() * 1000 / Time.TimestampFrequency;

    protected TransportLimits Limits { get; }

    protected TransportCounters Counters { get; }

    protected TimeProvider Time { get; }

    protected CancellationToken Closing { get; }

    /// <summary>Sends, or queues behind what is being sent. False when the connection is over (or is closed now, because its peer does not read).</summary>
    public bool Send(ReadOnlySpan<byte> message)
    {
        switch (_queue.Add(message))
        {
            case SendQueue.Admission.Queued:
                return true;
            case SendQueue.Admission.Write:
                _ = WriteQueue();
                return true;
            case SendQueue.Admission.Full:
                Close(FlowEnd.SlowReader);
                return false;
            default:
                return false;
        }
    }

    /// <summary>Runs the connection to its end.</summary>
    public async Task Run()
    {
        try
        {
            await Open(Closing);
            _ = WriteQueue();
            await Read(Closing);
            Close(FlowEnd.ClosedByPeer);
        }
        catch (ConnectionException failure)
        {
            Close(failure.End);
        }
        catch (Exception failure) when (failure is IOException or SocketException or WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            Close(FlowEnd.ReadFailed);
        }
        // The edge of the reading loop: whatever a peer's bytes provoke ends this connection and nothing else.
        catch (Exception failure)
        {
            Close(FlowEnd.ReadFailed);
            _owner.Failed(this, failure);
        }
        finally
        {
            await Release();
            Dispose();
            _owner.Closed(this, End);
        }
    }

    /// <summary>Closes it, if it is not closed; the first reason counts.</summary>
    public void Close(FlowEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, (int)end, (int)FlowEnd.None) != (int)FlowEnd.None)
            return;
        Count(end);
        _queue.Close();
        try
        {
            _closing.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The reading task ended at the same moment.
        }
    }

    public void Dispose() => _closing.Dispose();

    /// <summary>Closes it when one of its times is over.</summary>
    public void CheckTime(long nowMs)
    {
        var heardMs = Volatile.Read(ref _heardMs);
        if (Over(Volatile.Read(ref _writeSinceMs), Limits.MessageTime))
            Close(FlowEnd.SlowReader);
        else if (Over(Volatile.Read(ref _messageSinceMs), Limits.MessageTime))
            Close(FlowEnd.MessageTooSlow);
        else if (!Volatile.Read(ref _hadMessage) && !IsOutgoing && Over(OpenedMs, Limits.FirstMessageTime))
            Close(FlowEnd.NoFirstMessage);
        else if (Over(heardMs, Limits.IdleTime))
            Close(FlowEnd.Idle);

        bool Over(long sinceMs, TimeSpan limit) => sinceMs != long.MaxValue && nowMs - sinceMs > limit.TotalMilliseconds;
    }

    /// <summary>Completes the handshake, or the connecting.</summary>
    protected abstract Task Open(CancellationToken closing);

    /// <summary>Reads until the peer closes.</summary>
    protected abstract Task Read(CancellationToken closing);

    protected abstract ValueTask Write(ReadOnlyMemory<byte> message, CancellationToken closing);

    protected abstract ValueTask Release();

    /// <summary>Bytes came that are not a whole message yet.</summary>
    protected void Began()
    {
        Volatile.Write(ref _heardMs, NowMs);
        if (_messageSinceMs == long.MaxValue)
            Volatile.Write(ref _messageSinceMs, NowMs);
    }

    /// <summary>Everything that came was taken: no message is under way.</summary>
    protected void Rest() => Volatile.Write(ref _messageSinceMs, long.MaxValue);

    /// <summary>A whole message came, or a ping, which has no bytes. Throws when it is one malformed message too many.</summary>
    protected void Deliver(ReadOnlySpan<byte> message)
    {
        Rest();
        switch (_owner.Received(this, message))
        {
            case Intake.Taken when !message.IsEmpty:
                Volatile.Write(ref _hadMessage, true);
                break;
            case Intake.Malformed when ++_malformed > Limits.MalformedMessages:
                throw new ConnectionException(FlowEnd.TooManyMalformed);
        }
    }

    private async Task WriteQueue()
    {
        try
        {
            while (_queue.TryTake(out var entry))
            {
                Volatile.Write(ref _writeSinceMs, NowMs);
                await Write(entry.Bytes, Closing);
                entry.Release();
                Volatile.Write(ref _writeSinceMs, long.MaxValue);
            }
        }
        // The edge of the writing loop: a connection that cannot be written to is over, whatever the stream calls it.
        catch (Exception)
        {
            Close(FlowEnd.WriteFailed);
        }
    }

    private void Count(FlowEnd end)
    {
        TransportCount? count = end switch
        {
            FlowEnd.SlowReader => TransportCount.SlowReader,
            FlowEnd.MessageTooLong => TransportCount.MessageSize,
            FlowEnd.MessageTooSlow => TransportCount.MessageTime,
            FlowEnd.NoFirstMessage => TransportCount.FirstMessageTime,
            FlowEnd.Idle => TransportCount.IdleTime,
            FlowEnd.TooManyMalformed => TransportCount.MalformedClosed,
            FlowEnd.HandshakeFailed => TransportCount.Handshake,
            _ => null,
        };
        if (count is { } counted)
            Counters.Add(counted);
    }
}

/// <summary>What every connection is made with.</summary>
internal sealed record ConnectionSetup(
    long Id,
    SipTransport Transport,
    int Listener,
    IPEndPoint Local,
    IPEndPoint Remote,
    bool IsOutgoing,
    TransportLimits Limits,
    TransportCounters Counters,
    TimeProvider Time,
    IConnectionOwner Owner);

/// <summary>Ends a connection's reading task with a reason. Never leaves <see cref="SipConnection.Run"/>.</summary>
internal sealed class ConnectionException(FlowEnd end) : Exception
{
    public FlowEnd End => end;
}
