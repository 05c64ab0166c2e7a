using System.Net;
using System.Net.Sockets;

namespace Webphone.Net.Media;

/// <summary>One thread's worth of media: its sockets, their packets, and the frames that are due.</summary>
internal abstract class MediaLoop(MediaClock clock, MediaFaults faults) : IDisposable
{
    /// <summary>Largest datagram that is looked at; a longer one is junk.</summary>
    public const int MaxDatagram = 1600;

    /// <summary>A datagram's buffer: there is room behind it for what protection adds.</summary>
    public const int BufferSize = 2048;

    /// <summary>Turns that are made up for after a stall; what is older is given up.</summary>
    private const int MaxLateTurns = 40;

    private TimeSpan _nextTurn = clock.Now;

    /// <summary>When the turn that is being done was due.</summary>
    public TimeSpan Due { get; private set; }

    /// <summary>The time, which has moved on since the turn's.</summary>
    public TimeSpan Now => clock.Now;

    public TickWheel Wheel { get; } = new(faults);

    /// <summary>Where what is thrown on the loop ends.</summary>
    public MediaFaults Faults => faults;

    /// <summary>Binds a pair; null when one of its ports is taken.</summary>
    public abstract MediaPort? TryOpen(IPAddress address, ushort rtpPort, IDatagramSink sink);

    /// <summary>Takes over one bound UDP socket, for RTP and RTCP together.</summary>
    public abstract MediaPort Adopt(Socket socket, IDatagramSink sink);

    public abstract void Dispose();

    /// <summary>Does the turns that are due.</summary>
    protected void RunTurns()
    {
        var now = clock.Now;
        if (now - _nextTurn > TickWheel.Turn * MaxLateTurns)
            _nextTurn = now;
        while (_nextTurn <= now)
        {
            Due = _nextTurn;
            Wheel.Advance(now);
            _nextTurn += TickWheel.Turn;
        }
    }
}
