namespace Webphone.Net.Sip.Limits;

/// <summary>What the SIP transports take from the network. Every limit has a counter in <see cref="TransportCounters"/>.</summary>
public sealed class TransportLimits
{
    /// <summary>Longest message on a stream or WebSocket, in bytes; default 65,535. A datagram cannot be longer anyway.</summary>
    public int MessageBytes { get; set; } = 65_535;

    /// <summary>How long a peer may take from the first byte of a message to its last, and for the TLS handshake; default 10 s.</summary>
    public TimeSpan MessageTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A stream or WebSocket without a byte from the peer for so long is closed; default 15 min. Phones send CRLF or OPTIONS far more often.</summary>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A connection on which no message has come is closed after this; default 30 s.</summary>
    public TimeSpan FirstMessageTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Open connections in all; default 20,000.</summary>
    public int Connections { get; set; } = 20_000;

    /// <summary>Open connections of one address; default 200 (an office behind one NAT).</summary>
    public int ConnectionsPerAddress { get; set; } = 200;

    /// <summary>New connections of one address; default 20 a second, 100 at once.</summary>
    public RateLimit NewConnections { get; set; } = new(20, 100, TimeSpan.FromSeconds(5));

    /// <summary>Messages of one address on all transports; default 300 a second, 1,500 at once, 10 s of penalty.</summary>
    public RateLimit Messages { get; set; } = new(300, 1_500, TimeSpan.FromSeconds(10));

    /// <summary>Malformed messages that a connection may send before it is closed; default 5.</summary>
    public int MalformedMessages { get; set; } = 5;

    /// <summary>Bytes that wait for a slow reader before its connection is closed; default 256 KiB.</summary>
    public int SendQueueBytes { get; set; } = 256 * 1024;

    /// <summary>The name and the rule of the first setting that makes no sense, or null.</summary>
    public string? FindMistake() =>
        MessageBytes is < 2_048 or > 65_535 ? $"{nameof(MessageBytes)} must be 2048 to 65535"
        : MessageTime <= TimeSpan.Zero ? $"{nameof(MessageTime)} must be positive"
        : IdleTime <= TimeSpan.Zero ? $"{nameof(IdleTime)} must be positive"
        : FirstMessageTime <= TimeSpan.Zero ? $"{nameof(FirstMessageTime)} must be positive"
        : Connections < 1 ? $"{nameof(Connections)} must be at least 1"
        : ConnectionsPerAddress < 1 ? $"{nameof(ConnectionsPerAddress)} must be at least 1"
        : MalformedMessages < 0 ? $"{nameof(MalformedMessages)} must not be negative"
        : SendQueueBytes < 65_535 ? $"{nameof(SendQueueBytes)} must be at least 65535"
        : !IsSound(NewConnections) ? $"{nameof(NewConnections)} must have a rate of 0 (off) or more, a burst of at least 1 and no negative penalty"
        : !IsSound(Messages) ? $"{nameof(Messages)} must have a rate of 0 (off) or more, a burst of at least 1 and no negative penalty"
        : null;

    private static bool IsSound(RateLimit limit) => limit is { PerSecond: >= 0, Burst: >= 1 } && limit.Penalty >= TimeSpan.Zero;
}
