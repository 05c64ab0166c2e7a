namespace Webphone.Net.Media.WebRtc;

/// <summary>What came to the shared port and was not taken, by reason. Thread-safe; counting allocates nothing.</summary>
public sealed class WebRtcCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<WebRtcDrop>().Length];

    public long this[WebRtcDrop reason] => Volatile.Read(ref _counts[(int)reason]);

    public long Total => _counts.Sum();

    internal void Count(WebRtcDrop reason) => Interlocked.Increment(ref _counts[(int)reason]);
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
