namespace Webphone.Media.Dtmf;

/// <summary>
/// Turns the many packets of an event into one digit, reported at its first packet: the packets of one event share a timestamp
/// (RFC 4733 section 2.5.1), so the repeated ends and lost starts of the same event report nothing more.
/// </summary>
public sealed class TelephoneEventReceiver
{
    /// <summary>An older timestamp than this is a restarted clock, not a late packet: ten seconds at 48 kHz.</summary>
    private const int LateTicks = 480_000;

    private bool _any;
    private uint _ssrc;
    private uint _timestamp;
    private byte _event;

    /// <summary>True when this packet begins an event that was not yet reported.</summary>
    public bool TryReceive(uint ssrc, uint timestamp, in TelephoneEvent value)
    {
        // A packet of an older event that was overtaken is not a new digit.
        var age = (int)(_timestamp - timestamp);
        var isNew = !_any || ssrc != _ssrc || age is < 0 or > LateTicks || (age == 0 && value.Event != _event);
        if (!isNew)
            return false;
        _any = true;
        _ssrc = ssrc;
        _timestamp = timestamp;
        _event = value.Event;
        return true;
    }
}
