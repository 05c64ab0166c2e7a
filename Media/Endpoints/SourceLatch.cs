namespace Webphone.Media.Endpoints;

/// <summary>What the latch says of a packet.</summary>
public enum LatchResult : byte
{
    /// <summary>From the leg.</summary>
    Accepted,

    /// <summary>From the leg, and from now on the leg is at this address or has this SSRC.</summary>
    Moved,

    /// <summary>From a source that may become the leg's after a few more packets in order.</summary>
    Probation,

    /// <summary>From an address that is not the leg's.</summary>
    ForeignSource,

    /// <summary>From the leg's address but not of its stream.</summary>
    ForeignSsrc,
}

/// <summary>
/// Decides which packets are the leg's. RTP comes from behind NATs, so the address in the SDP is a hint: the latch takes the first
/// source that sends several packets in order with one SSRC, from an address that the signalling vouches for, and then holds on.
/// <code>
///   Open ──(packets in order from an allowed address)──► Locked
///   Locked ──(Announce: a re-INVITE changed the address)──► Locked, another allowed source may take over after probation
///   Locked ──(silence)──► Locked, the signalling's address may take over after probation
/// </code>
/// Nothing but time and packets moves it; a flood from elsewhere cannot push out a source that is on probation from the SDP's address.
/// </summary>
public sealed class SourceLatch
{
    /// <summary>Packets in order that a source at the SDP's exact address must send.</summary>
    public const int ExpectedProbation = 2;

    /// <summary>Packets in order that any other allowed source must send.</summary>
    public const int Probation = 4;

    /// <summary>How long the locked source must say nothing before another may follow it.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    /// <summary>How long the old SSRC must say nothing before a new one of the same address replaces it: three frames.</summary>
    public static readonly TimeSpan SsrcSilence = TimeSpan.FromMilliseconds(60);

    /// <summary>How long after a re-INVITE that changed the address the leg may move.</summary>
    public static readonly TimeSpan MoveWindow = TimeSpan.FromSeconds(10);

    /// <summary>Packets from the old source that show that a leg whose description changed did not move after all.</summary>
    public const int StayedAfter = 10;

    private const int Slots = 8;
    private readonly Candidate[] _candidates = new Candidate[Slots];
    private TransportAddress _expected;
    private UInt128 _signalling;
    private bool _anyAddress;
    private bool _announced;
    private TimeSpan _openUntil;
    private int _heardSinceAnnounced;
    private TimeSpan _lastHeard;

    public bool IsLocked { get; private set; }

    /// <summary>Locked, but the signalling named another address since, and nothing came from there yet.</summary>
    public bool AwaitsMove => _announced && _heardSinceAnnounced < StayedAfter;

    /// <summary>Where the leg is, once locked.</summary>
    public TransportAddress Source { get; private set; }

    public uint Ssrc { get; private set; }

    /// <summary>The signalling told where RTP is to come from; a change of it opens a locked latch to the new source.</summary>
    /// <param name="expected">The SDP's address; none, as in an old-style hold, changes nothing.</param>
    /// <param name="signalling">The IP that the signalling comes from, 0 when unknown.</param>
    /// <param name="anyAddress">Accept any IP, for carriers that send media from elsewhere.</param>
    /// <param name="now">When the description came.</param>
    public void Announce(TransportAddress expected, UInt128 signalling, bool anyAddress, TimeSpan now)
    {
        if (!expected.IsNone && expected != _expected)
        {
            _announced = IsLocked && expected != Source;
            _openUntil = now + MoveWindow;
            _heardSinceAnnounced = 0;
            _expected = expected;
        }
        _signalling = signalling;
        _anyAddress = anyAddress;
    }

    /// <summary>The leg has new keys: nothing of its old stream comes any more, so another may follow without waiting for its silence.</summary>
    public void AwaitNewStream(TimeSpan now) => _lastHeard = now - SsrcSilence;

    /// <summary>Whether a packet from there could count at all; cheap, asked before its tag is checked.</summary>
    public bool IsPossible(TransportAddress from, TimeSpan now) => (IsLocked && from == Source) || MayBecome(from, now);

    /// <summary>Judges a packet that is otherwise good.</summary>
    public LatchResult Receive(TransportAddress from, uint ssrc, ushort sequence, TimeSpan now)
    {
        if (IsLocked && from == Source)
        {
            if (ssrc == Ssrc)
            {
                _lastHeard = now;
                _heardSinceAnnounced++;
                // Told once when it turns out that the leg stays where it was.
                return _announced && _heardSinceAnnounced == StayedAfter ? LatchResult.Moved : LatchResult.Accepted;
            }
            if (now - _lastHeard < SsrcSilence)
                return LatchResult.ForeignSsrc;
        }
        else if (!MayBecome(from, now))
        {
            return LatchResult.ForeignSource;
        }
        return Try(from, ssrc, sequence, now);
    }

    private bool MayBecome(TransportAddress from, TimeSpan now)
    {
        if (!IsLocked || (_announced && now < _openUntil))
            return from == _expected || IsAllowed(from.Ip);
        return now - _lastHeard >= Silence && from.Ip == _signalling;
    }

    private bool IsAllowed(UInt128 ip) => _anyAddress || ip == _signalling || ip == _expected.Ip;

    private LatchResult Try(TransportAddress from, uint ssrc, ushort sequence, TimeSpan now)
    {
        ref var candidate = ref Find(from, ssrc);
        var isSame = candidate.Count > 0 && candidate.From == from && candidate.Ssrc == ssrc;
        candidate.Count = isSame && sequence == (ushort)(candidate.Sequence + 1) ? candidate.Count + 1 : 1;
        candidate.From = from;
        candidate.Ssrc = ssrc;
        candidate.Sequence = sequence;
        candidate.At = now;
        if (candidate.Count < (from == _expected ? ExpectedProbation : Probation))
            return LatchResult.Probation;
        IsLocked = true;
        _announced = false;
        Source = from;
        Ssrc = ssrc;
        _lastHeard = now;
        Array.Clear(_candidates);
        return LatchResult.Moved;
    }

    /// <summary>The candidate's slot; slot 0 is kept for the SDP's address, the others go to who was heard longest ago.</summary>
    private ref Candidate Find(TransportAddress from, uint ssrc)
    {
        if (from == _expected)
            return ref _candidates[0];
        var oldest = 1;
        for (var i = 1; i < Slots; i++)
        {
            if (_candidates[i].From == from && _candidates[i].Ssrc == ssrc)
                return ref _candidates[i];
            if (_candidates[i].At < _candidates[oldest].At)
                oldest = i;
        }
        return ref _candidates[oldest];
    }

    private struct Candidate
    {
        public TransportAddress From;
        public uint Ssrc;
        public ushort Sequence;
        public int Count;
        public TimeSpan At;
    }
}
