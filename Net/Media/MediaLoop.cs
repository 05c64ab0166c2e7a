using System.Net;
using System.Net.Sockets;

namespace Webphone.Net.Media;

/// <summary>One thread's worth of media: its sockets, their packets, and the frames that are due.</summary>
internal abstract class MediaLoop : IDisposable
{
    /// <summary>Largest datagram that is looked at; a longer one is junk.</summary>
    public const int MaxDatagram = 1600;

    /// <summary>A datagram's buffer: there is room behind it for what protection adds.</summary>
    public const int BufferSize = 2048;

    /// <summary>Turns that are made up for after a stall; what is older is given up.</summary>
    private const int MaxLateTurns = 40;

    private readonly MediaClock _clock;
    private TimeSpan _nextTurn;
    private long _framesFrom;

    protected MediaLoop(MediaClock clock, MediaFaults faults)
    {
        _clock = clock;
        Faults = faults;
        _nextTurn = clock.Now;
        Wheel = new TickWheel(faults, OnPaced);
    }

    /// <summary>When the turn that is being done was due.</summary>
    public TimeSpan Due { get; private set; }

    /// <summary>The time, which has moved on since the turn's.</summary>
    public TimeSpan Now => _clock.Now;

    public TickWheel Wheel { get; }

    /// <summary>Where what is thrown on the loop ends.</summary>
    public MediaFaults Faults { get; }

    /// <summary>Binds a pair; null when one of its ports is taken.</summary>
    public abstract MediaPort? TryOpen(IPAddress address, ushort rtpPort, IDatagramSink sink);

    /// <summary>Takes over one bound UDP socket, for RTP and RTCP together.</summary>
    public abstract MediaPort Adopt(Socket socket, IDatagramSink sink);

    public abstract void Dispose();

    /// <summary>Has turns done so often from now on. Any thread may ask, one at a time.</summary>
    protected abstract void Pace(TimeSpan every);

    /// <summary>Does the turns that are due.</summary>
    protected void RunTurns()
    {
        var now = _clock.Now;
        var framesFrom = Volatile.Read(ref _framesFrom);
        if (now - _nextTurn > TickWheel.Turn * MaxLateTurns)
            _nextTurn = now;
        while (_nextTurn <= now)
        {
            Due = _nextTurn;
            Wheel.Advance(now, Due.Ticks >= framesFrom);
            _nextTurn += TickWheel.Turn;
        }
    }

    /// <summary>Who begins to take frames is served by the turns that are due from then on.</summary>
    private void OnPaced(bool frames)
    {
        if (frames)
            Volatile.Write(ref _framesFrom, _clock.Now.Ticks);
        Pace(frames ? TickWheel.Turn : TickWheel.Rest);
    }
}
