namespace Webphone.Net.Media;

/// <summary>What a loop calls in turn.</summary>
internal interface ITicking
{
    /// <summary>Every 20 ms while registered for frames.</summary>
    void OnFrame(TimeSpan now);

    /// <summary>Every second.</summary>
    void OnSecond(TimeSpan now);
}

/// <summary>
/// Spreads the endpoints of a loop over time: the wheel turns every 2.5 ms, an eighth of the frame takers are served at each turn and
/// a four-hundredth of all endpoints for their housekeeping, so no turn holds up packets for long. Registration copies one small
/// array; turning allocates nothing. One that throws is reported and the others are served. While nobody takes frames there is only
/// housekeeping, for which turns may come late and many at once.
/// </summary>
/// <param name="faults">Where what is thrown ends.</param>
/// <param name="paced">Told true when the first takes frames, and false when the last has ended to; in that order, under the wheel's gate.</param>
internal sealed class TickWheel(MediaFaults faults, Action<bool> paced)
{
    public static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(2.5);

    /// <summary>How long turns may be put off while nobody takes frames.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private const int FramePhases = 8;
    private const int SecondPhases = 400;

    private readonly Lock _gate = new();
    private readonly ITicking[][] _frames = Empty(FramePhases);
    private readonly ITicking[][] _seconds = Empty(SecondPhases);
    private int _takers;
    private int _nextSecond;
    private int _turn;

    /// <summary>Registers for housekeeping; gives the phase to unregister with.</summary>
    public int AddSecond(ITicking item)
    {
        lock (_gate)
            return Add(_seconds, item, _nextSecond++ % SecondPhases);
    }

    public void RemoveSecond(ITicking item, int phase)
    {
        lock (_gate)
            Remove(_seconds, item, phase);
    }

    /// <summary>Registers for frames; gives the phase to unregister with.</summary>
    public int AddFrame(ITicking item)
    {
        lock (_gate)
        {
            if (_takers++ == 0)
                paced(true);
            return Add(_frames, item, FewestFrames());
        }
    }

    public void RemoveFrame(ITicking item, int phase)
    {
        lock (_gate)
        {
            Remove(_frames, item, phase);
            if (--_takers == 0)
                paced(false);
        }
    }

    /// <summary>One turn.</summary>
    /// <param name="now">The time.</param>
    /// <param name="frames">False for a turn that was due before anybody took frames.</param>
    public void Advance(TimeSpan now, bool frames)
    {
        _turn = (_turn + 1) % SecondPhases;
        foreach (var item in frames ? Volatile.Read(ref _frames[_turn % FramePhases]) : [])
        {
            try
            {
                item.OnFrame(now);
            }
            catch (Exception e)
            {
                faults.Report(e);
            }
        }
        foreach (var item in Volatile.Read(ref _seconds[_turn]))
        {
            try
            {
                item.OnSecond(now);
            }
            catch (Exception e)
            {
                faults.Report(e);
            }
        }
    }

    /// <summary>Frames take their time, so they are spread evenly, whoever has come and gone.</summary>
    private int FewestFrames()
    {
        var fewest = 0;
        for (var phase = 1; phase < FramePhases; phase++)
        {
            if (_frames[phase].Length < _frames[fewest].Length)
                fewest = phase;
        }
        return fewest;
    }

    private static int Add(ITicking[][] phases, ITicking item, int phase)
    {
        Volatile.Write(ref phases[phase], [.. phases[phase], item]);
        return phase;
    }

    private static void Remove(ITicking[][] phases, ITicking item, int phase) =>
        Volatile.Write(ref phases[phase], Array.FindAll(phases[phase], other => !ReferenceEquals(other, item)));

    private static ITicking[][] Empty(int phases)
    {
        var empty = new ITicking[phases][];
        Array.Fill(empty, []);
        return empty;
    }
}
