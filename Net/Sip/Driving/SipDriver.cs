using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Webphone.Net.Sip.Limits;
using Webphone.Net.Sip.Streams;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Net.Sip.Driving;

/// <summary>
/// Drives the SIP stacks: parses what the network received and hands it, on the same thread, to the shard of its Call-ID; lets time pass in the stacks
/// at their deadlines; tells them when a flow is gone.
/// </summary>
public sealed partial class SipDriver : ISipReceiver, IAsyncDisposable
{
    private const int MaxShards = 4;

    private readonly SipNetwork _network;
    private readonly SipClock _clock;
    private readonly ILogger _logger;
    private readonly StackMeter _meter;

    /// <param name="network">The transports; the driver owns it from now on.</param>
    /// <param name="options">For every stack.</param>
    /// <param name="shards">How many stacks; 0 for one each core, at most 4.</param>
    /// <param name="user">Makes the transaction user of a shard. Its methods run in the shard's turn and must be quick.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where failures go.</param>
    public SipDriver(
        SipNetwork network, SipStackOptions options, int shards, Func<SipShard, ISipUser> user, TimeProvider time, ILogger<SipDriver> logger)
    {
        _network = network;
        _logger = logger;
        _clock = new SipClock(time);
        var count = shards > 0 ? shards : Math.Min(Environment.ProcessorCount, MaxShards);
        Shards = [.. Enumerable.Range(0, count).Select(index => new SipShard(index, options, network, _clock, user))];
        _meter = new StackMeter(Shards);
    }

    public ImmutableArray<SipShard> Shards { get; }

    public SipNetwork Network => _network;

    /// <summary>Tells when a connection is over, on the thread that noticed; for the users' own book-keeping.</summary>
    public event Action<SipFlow>? FlowClosed;

    /// <summary>Begins to receive; the network must be bound.</summary>
    public void Start()
    {
        _clock.Start(NextDeadline, AdvanceDue);
        _network.Start(this);
    }

    /// <summary>The shard in which all messages with this Call-ID meet.</summary>
    public SipShard ShardOf(ReadOnlySpan<byte> callId) => Shards[(int)(Hash(callId) % (uint)Shards.Length)];

    public async ValueTask DisposeAsync()
    {
        await _network.DisposeAsync();
        _clock.Dispose();
        _meter.Dispose();
    }

    bool ISipReceiver.Received(in SipFlow flow, ReadOnlySpan<byte> message)
    {
        // The message keeps its bytes for as long as anyone reads it, and the network reuses its own.
        if (SipMessage.TryParse(message.ToArray(), out var parsed, out var error))
        {
            if (parsed!.IsRequest)
                parsed.Stamp(flow.Remote.Address, flow.Remote.Port);
            ShardOf(parsed.CallId).Receive(flow, parsed);
            return true;
        }
        LogMalformed(flow, error);
        if (parsed is not null)
        {
            parsed.Stamp(flow.Remote.Address, flow.Remote.Port);
            if (SipResponse.Create(parsed, error, "malformed"u8) is { } answer)
                _network.Send(flow, answer);
        }
        return false;
    }

    void ISipReceiver.FlowClosed(in SipFlow flow, FlowEnd end)
    {
        foreach (var shard in Shards)
            shard.FlowFailed(flow);
        FlowClosed?.Invoke(flow);
    }

    private static uint Hash(ReadOnlySpan<byte> callId)
    {
        var hash = new HashCode();
        hash.AddBytes(callId);
        return (uint)hash.ToHashCode();
    }

    private long NextDeadline()
    {
        var next = long.MaxValue;
        foreach (var shard in Shards)
            next = Math.Min(next, shard.DeadlineMs);
        return next;
    }

    private void AdvanceDue()
    {
        var nowMs = _clock.NowMs;
        foreach (var shard in Shards)
        {
            if (shard.DeadlineMs > nowMs)
                continue;
            try
            {
                shard.Advance();
            }
            // The edge of the timer loop: a failure in one call must not stop the timers of all others.
            catch (Exception failure)
            {
                _network.Counters.Add(TransportCount.Failed);
                LogAdvanceFailed(failure, shard.Index);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Malformed message on {Flow}: {Error}")]
    private partial void LogMalformed(SipFlow flow, SipParseError error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The timers of SIP shard {Shard} failed")]
    private partial void LogAdvanceFailed(Exception failure, int shard);
}
