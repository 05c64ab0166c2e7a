using System.Diagnostics.Metrics;
using Webphone.Net.Sip.Limits;

namespace Webphone.Net.Media.WebRtc;

/// <summary>What came to the shared port and was not taken, by reason; the meter <c>Webphone.Net</c> observes it. Thread-safe; counting allocates nothing.</summary>
public sealed class WebRtcCounters : IDisposable
{
    private readonly long[] _counts = new long[Enum.GetValues<WebRtcDrop>().Length];
    private readonly Meter _meter = new(TransportCounters.MeterName);

    internal WebRtcCounters(Func<int> sessions, Func<int> connections)
    {
        _meter.CreateObservableCounter("webphone.webrtc.refused", Observe, "{event}", "What came to the shared port of browsers and was not taken, by reason");
        _meter.CreateObservableUpDownCounter("webphone.webrtc.sessions", sessions, "{session}", "Transports of browsers");
        _meter.CreateObservableUpDownCounter("webphone.webrtc.connections", connections, "{connection}", "Browsers' TCP connections for media");
    }

    public long this[WebRtcDrop reason] => Volatile.Read(ref _counts[(int)reason]);

    public long Total => _counts.Sum();

    public void Dispose() => _meter.Dispose();

    internal void Count(WebRtcDrop reason) => Interlocked.Increment(ref _counts[(int)reason]);

    private IEnumerable<Measurement<long>> Observe()
    {
        for (var reason = WebRtcDrop.Junk; (int)reason < _counts.Length; reason++)
            yield return new(this[reason], new KeyValuePair<string, object?>("reason", reason.ToString()));
    }
}

/// <summary>Why something was not taken.</summary>
public enum WebRtcDrop
{
    /// <summary>Neither STUN, DTLS, RTP nor RTCP, or not as those are written.</summary>
    Junk,

    /// <summary>A check for a session that there is not.</summary>
    UnknownSession,

    /// <summary>A check that was not made with the session's password.</summary>
    ForgedCheck,

    /// <summary>DTLS, RTP or RTCP from an address that no check has proved.</summary>
    ForeignSource,

    /// <summary>RTP or RTCP before there are keys, or over a transport that was replaced.</summary>
    NotKeyed,

    /// <summary>A DTLS hello where none is due.</summary>
    UnexpectedHello,

    /// <summary>A handshake that failed.</summary>
    FailedHandshake,

    /// <summary>A peer whose certificate is not the one that its description named.</summary>
    WrongCertificate,

    /// <summary>A TCP connection over the limits, or one that proved nothing in time.</summary>
    RefusedConnection,

    /// <summary>A peer's handshake that came faster than it can be worked off.</summary>
    HandshakeBacklog,
}
