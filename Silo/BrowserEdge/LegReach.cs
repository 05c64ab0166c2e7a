namespace Webphone.Silo.BrowserEdge;

/// <summary>
/// Whether a browser can be reached for one leg, by what is known of its media and of its connection to the hub: pure.
/// <code>
///   media       connection   in reach
///   heard       any          yes: who is heard talks, whatever became of the hub
///   lost        any          no
///   not yet     here         yes: it is only just connecting, for as long as that may take
///   overdue     any          no
///   not yet     gone         no
/// </code>
/// </summary>
internal sealed class LegReach
{
    private MediaReach _media = MediaReach.NotYet;

    /// <summary>The tab that holds the phone is connected to a frontend.</summary>
    public bool IsConnected { get; set; } = true;

    public bool IsLost => _media == MediaReach.Lost || (_media == MediaReach.NotYet && !IsConnected);

    /// <summary>Nothing was heard yet, nor given up.</summary>
    public bool IsAwaited => _media == MediaReach.NotYet;

    /// <summary>It was heard at some time.</summary>
    public bool WasHeard { get; private set; }

    public void MediaLost() => _media = MediaReach.Lost;

    public void MediaHeard()
    {
        _media = MediaReach.Heard;
        WasHeard = true;
    }

    private enum MediaReach
    {
        NotYet,
        Heard,
        Lost,
    }
}
