namespace Webphone.WebFrontend.Phones;

/// <summary>When the clocks change: on the nth such weekday of a month, the last where <paramref name="Week"/> is 5.</summary>
/// <param name="Hour">By the time that holds until then.</param>
internal sealed record ClockChange(int Month, int Week, DayOfWeek Day, int Hour)
{
    public bool IsLast => Week == 5;

    /// <summary>The first day of the month that it can fall on.</summary>
    public int FirstDay => ((Week - 1) * 7) + 1;
}

/// <summary>A time zone as phones want it, who have no time zone files: an offset, and rules for summer time. Pure.</summary>
/// <param name="Offset">In winter.</param>
/// <param name="Saved">What summer time adds; zero where there is none.</param>
internal sealed record PhoneClock(TimeSpan Offset, TimeSpan Saved, ClockChange? Start, ClockChange? End)
{
    /// <summary>How many years a rule must fit.</summary>
    private const int Years = 6;

    public static PhoneClock Of(string timeZone, int year)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone))
            zone = TimeZoneInfo.Utc;
        var changes = Enumerable.Range(year, Years).Select(each => ChangesOf(zone, each)).ToList();
        var offset = zone.BaseUtcOffset;
        if (changes.Exists(each => each.Count != 2))
            return new PhoneClock(zone.GetUtcOffset(new DateTime(year, 1, 1, 12, 0, 0, DateTimeKind.Utc)), TimeSpan.Zero, null, null);
        var starts = changes.ConvertAll(each => each.Find(change => change.After > change.Before)!);
        var ends = changes.ConvertAll(each => each.Find(change => change.After < change.Before)!);
        if (starts.Contains(null!) || ends.Contains(null!))
            return new PhoneClock(offset, TimeSpan.Zero, null, null);
        return new PhoneClock(starts[0].Before, starts[0].After - starts[0].Before, RuleOf(starts), RuleOf(ends));
    }

    /// <summary>As POSIX writes it, such as UTC-1DST-2,M3.5.0/2,M10.5.0/3: hours west of Greenwich.</summary>
    public string Posix
    {
        get
        {
            var standard = $"UTC{West(Offset)}";
            return Start is null || End is null ? standard : $"{standard}DST{West(Offset + Saved)},{Rule(Start)},{Rule(End)}";

            static string Rule(ClockChange change) => $"M{change.Month}.{change.Week}.{(int)change.Day}/{change.Hour}";
        }
    }

    /// <summary>Such as +01:00.</summary>
    public string Text => $"{(Offset < TimeSpan.Zero ? '-' : '+')}{Offset:hh\\:mm}";

    private static string West(TimeSpan offset)
    {
        var west = -offset;
        var minutes = Math.Abs(west.Minutes);
        return $"{(west < TimeSpan.Zero ? "-" : "")}{Math.Abs((int)west.TotalHours)}{(minutes == 0 ? "" : $":{minutes:00}")}";
    }

    private static List<Change> ChangesOf(TimeZoneInfo zone, int year)
    {
        var changes = new List<Change>();
        var hour = new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var before = zone.GetUtcOffset(hour);
        for (; hour.Year == year; hour = hour.AddHours(1))
        {
            var after = zone.GetUtcOffset(hour);
            if (after == before)
                continue;
            changes.Add(new Change(hour + before, before, after));
            before = after;
        }
        return changes;
    }

    private static ClockChange RuleOf(List<Change> changes)
    {
        var first = changes[0].Local;
        var isLast = changes.TrueForAll(change => change.Local.Day + 7 > DateTime.DaysInMonth(change.Local.Year, change.Local.Month));
        return new ClockChange(first.Month, isLast ? 5 : ((first.Day - 1) / 7) + 1, first.DayOfWeek, first.Hour);
    }

    private sealed record Change(DateTime Local, TimeSpan Before, TimeSpan After);
}
