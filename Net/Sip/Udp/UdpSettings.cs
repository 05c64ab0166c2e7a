namespace Webphone.Net.Sip.Udp;

/// <summary>How SIP over UDP uses the system.</summary>
public sealed class UdpSettings
{
    /// <summary>Kernel receive buffer, in bytes; default 8 MiB. The system's own default holds some 150 messages: a burst of phones overruns it.</summary>
    public int ReceiveBufferBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Kernel send buffer, in bytes; default 2 MiB.</summary>
    public int SendBufferBytes { get; set; } = 2 * 1024 * 1024;

    /// <summary>
    /// Threads that receive on one socket; 0, the default, takes one for each two cores, at most 4. With more than one, datagrams of one phone may overtake
    /// each other, as they may in the network.
    /// </summary>
    public int ReceiveThreads { get; set; }

    internal int EffectiveReceiveThreads => ReceiveThreads > 0 ? ReceiveThreads : Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>The name and the rule of the first setting that makes no sense, or null.</summary>
    public string? FindMistake() =>
        ReceiveBufferBytes < 65_536 ? $"{nameof(ReceiveBufferBytes)} must be at least 65536"
        : SendBufferBytes < 65_536 ? $"{nameof(SendBufferBytes)} must be at least 65536"
        : ReceiveThreads is < 0 or > 64 ? $"{nameof(ReceiveThreads)} must be 0 to 64"
        : null;
}
