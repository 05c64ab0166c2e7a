using System.Diagnostics.Metrics;

namespace Webphone.Net.Sip.Limits;

/// <summary>
/// What the SIP transports count. Plain numbers that any thread adds to and anyone may read; the meter <c>Webphone.Net</c> observes them.
/// </summary>
public sealed class TransportCounters : IDisposable
{
    public const string MeterName = "Webphone.Net";

    private readonly long[] _values = new long[Enum.GetValues<TransportCount>().Length];
    private readonly Meter _meter = new(MeterName);

    public TransportCounters()
    {
        _meter.CreateObservableCounter("webphone.sip.received", () => this[TransportCount.Received], "{message}", "SIP messages received");
        _meter.CreateObservableCounter("webphone.sip.sent", () => this[TransportCount.Sent], "{message}", "SIP messages sent");
        _meter.CreateObservableCounter("webphone.sip.failures", () => this[TransportCount.Failed], "{message}", "Messages whose processing threw: a bug of ours");
        _meter.CreateObservableCounter("webphone.sip.refused", ObserveRefused, "{event}", "What SIP transports refused, by reason");
        _meter.CreateObservableCounter("webphone.sip.connections.accepted", () => this[TransportCount.Accepted], "{connection}", "Connections accepted");
        _meter.CreateObservableUpDownCounter("webphone.sip.connections", () => this[TransportCount.Open], "{connection}", "Connections open");
    }

    public long this[TransportCount count] => Volatile.Read(ref _values[(int)count]);

    public void Add(TransportCount count, long value = 1) => Interlocked.Add(ref _values[(int)count], value);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> ObserveRefused()
    {
        for (var count = TransportCount.MessageRate; (int)count < _values.Length; count++)
            yield return new(this[count], new KeyValuePair<string, object?>("reason", count.ToString()));
    }
}

/// <summary>The counters; from <see cref="MessageRate"/> on they are refusals and losses.</summary>
public enum TransportCount
{
    Received,
    Sent,
    Accepted,
    Open,
    KeepAlive,

    /// <summary>What failed while it was processed, by a mistake of ours; logged as an error.</summary>
    Failed,

    /// <summary>Messages of an address over its rate.</summary>
    MessageRate,

    /// <summary>Messages that do not parse.</summary>
    Malformed,

    /// <summary>Messages longer than the limit; the connection is closed.</summary>
    MessageSize,

    /// <summary>Connections that took too long over a message or a handshake.</summary>
    MessageTime,

    /// <summary>Connections that never sent a message.</summary>
    FirstMessageTime,

    /// <summary>Connections closed for silence.</summary>
    IdleTime,

    /// <summary>Connections over the limit in all.</summary>
    Connections,

    /// <summary>Connections over the limit of one address.</summary>
    ConnectionsPerAddress,

    /// <summary>Connections of an address that opens them too fast.</summary>
    ConnectionRate,

    /// <summary>Connections closed because they sent too many malformed messages.</summary>
    MalformedClosed,

    /// <summary>Connections closed because the peer does not read.</summary>
    SlowReader,

    /// <summary>TLS handshakes that failed.</summary>
    Handshake,

    /// <summary>Messages that could not be sent: the flow is gone or the network refused.</summary>
    SendFailed,
}
