namespace Webphone.Sip.Transactions;

/// <summary>
/// The base timers of <see href="https://www.rfc-editor.org/rfc/rfc3261#section-17.1.1.1">RFC 3261 §17</see>, in milliseconds.
/// Timers A to M are all derived from these three.
/// </summary>
/// <param name="T1Ms">Round-trip estimate, default 500 ms.</param>
/// <param name="T2Ms">Longest retransmission interval of non-INVITE requests and INVITE responses, default 4 s.</param>
/// <param name="T4Ms">Longest time that a message stays in the network, default 5 s.</param>
public readonly record struct TransactionTimers(int T1Ms, int T2Ms, int T4Ms)
{
    /// <summary>T1 = 500 ms, T2 = 4 s, T4 = 5 s.</summary>
    public static TransactionTimers Default => new(500, 4000, 5000);

    /// <summary>64*T1: how long a request waits for its answer, and how long a transaction absorbs repeats (timers B, D, F, H, J, L, M).</summary>
    public int GiveUpMs => 64 * T1Ms;
}
