using Webphone.Sip.Transactions;

namespace Webphone.Sip.Sessions;

/// <summary>
/// A response that is repeated until it is acknowledged: a 2xx until its ACK (RFC 3261 §13.3.1.4: T1, doubling up to T2, for 64*T1), a reliable 1xx until
/// its PRACK (RFC 3262 §3: T1, doubling, for 64*T1).
/// </summary>
public struct Repeater
{
    private int _intervalMs;
    private int _capMs;

    /// <summary>What is repeated, or null when nothing is.</summary>
    public byte[]? Message { get; private set; }

    /// <summary>When it is to be sent again.</summary>
    public long RepeatAtMs { get; private set; }

    /// <summary>When to give up.</summary>
    public long GiveUpAtMs { get; private set; }

    public readonly bool IsRunning => Message is not null;

    public readonly long NextDeadlineMs => Message is null ? TransactionCore.Never : Math.Min(RepeatAtMs, GiveUpAtMs);

    /// <summary>Starts with a message that has just been sent for the first time.</summary>
    public void Start(byte[] message, in TransactionTimers timers, int capMs, long nowMs)
    {
        Message = message;
        _capMs = capMs;
        _intervalMs = timers.T1Ms;
        RepeatAtMs = nowMs + _intervalMs;
        GiveUpAtMs = nowMs + timers.GiveUpMs;
    }

    /// <summary>The acknowledgement came, or does not matter any more.</summary>
    public void Stop() => Message = null;

    /// <summary>Takes the time: what to send again, if anything; <paramref name="gaveUp"/> when the time is over, and the repeater has stopped.</summary>
    public byte[]? Advance(long nowMs, out bool gaveUp)
    {
        gaveUp = Message is not null && GiveUpAtMs <= nowMs;
        if (gaveUp)
            Message = null;
        if (Message is null || RepeatAtMs > nowMs)
            return null;
        _intervalMs = Math.Min(_intervalMs * 2, _capMs);
        RepeatAtMs = nowMs + _intervalMs;
        return Message;
    }
}
