using System.Security.Cryptography;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Net.Sip.Driving;

/// <summary>
/// One SIP stack behind a lock: the receive threads, the timer and the commands of its user take turns in it. All messages with the same Call-ID meet in
/// the same shard, so one call never waits for another shard's.
/// </summary>
public sealed class SipShard : ISipStackSink
{
    private const int SeedBytes = 32;

    [ThreadStatic]
    private static int _turnsOfThread;

    private readonly Lock _lock = new();
    private readonly SipNetwork _network;
    private readonly SipClock _clock;
    private readonly Queue<SipFlow> _failed = [];
    private long _deadlineMs = long.MaxValue;

    internal SipShard(int index, SipStackOptions options, SipNetwork network, SipClock clock, Func<SipShard, ISipUser> user)
    {
        Index = index;
        _network = network;
        _clock = clock;
        Stack = new SipStack(options, this, user(this), RandomNumberGenerator.GetBytes(SeedBytes), clock.NowMs);
    }

    public int Index { get; }

    /// <summary>The stack, to be used from within <see cref="Run{TState}"/> and from within what the stack itself calls.</summary>
    public SipStack Stack { get; }

    public SipNetwork Network => _network;

    /// <summary>This thread is within a turn of some shard, and must not wait for another's.</summary>
    public static bool IsInTurn => _turnsOfThread > 0;

    /// <summary>When the stack has work next, as of the last turn.</summary>
    internal long DeadlineMs => Volatile.Read(ref _deadlineMs);

    /// <summary>Takes a turn: <paramref name="turn"/> may use the stack. Short, since messages wait meanwhile. Turns may nest on one thread.</summary>
    public void Run<TState>(TState state, Action<SipShard, TState> turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        using (new Turn(_lock))
        {
            // Nothing may have happened here for long, and a transaction that begins in the past is over at once.
            Stack.TellTime(_clock.NowMs);
            turn(this, state);
            EndTurn();
        }
    }

    internal void Receive(in SipFlow flow, SipMessage message)
    {
        using (new Turn(_lock))
        {
            Stack.Receive(flow, message, _clock.NowMs);
            EndTurn();
        }
    }

    internal void FlowFailed(in SipFlow flow)
    {
        using (new Turn(_lock))
        {
            Stack.FlowFailed(flow, _clock.NowMs);
            EndTurn();
        }
    }

    internal void Advance()
    {
        using (new Turn(_lock))
        {
            Stack.Advance(_clock.NowMs);
            EndTurn();
        }
    }

    void ISipStackSink.Send(in SipFlow flow, ReadOnlySpan<byte> message)
    {
        // Not told from within the stack, which is in the middle of a step.
        if (!_network.Send(flow, message))
            _failed.Enqueue(flow);
    }

    bool ISipStackSink.TryOpen(in SipFlow wanted, out SipFlow opened) => _network.TryOpen(wanted.Transport, wanted.Remote, wanted.Remote.Address.ToString(), out opened);

    byte[] ISipStackSink.LocalAddress(in SipFlow flow) => _network.LocalAddress(flow);

    private void EndTurn()
    {
        while (_failed.TryDequeue(out var flow))
            Stack.FlowFailed(flow, _clock.NowMs);
        var deadlineMs = Stack.NextDeadlineMs;
        Volatile.Write(ref _deadlineMs, deadlineMs);
        _clock.WakeBy(deadlineMs);
    }

    /// <summary>Holds the lock, and has the thread know it.</summary>
    private readonly ref struct Turn
    {
        private readonly Lock.Scope _scope;

        public Turn(Lock shard)
        {
            _scope = shard.EnterScope();
            _turnsOfThread++;
        }

        public void Dispose()
        {
            _turnsOfThread--;
            _scope.Dispose();
        }
    }
}
