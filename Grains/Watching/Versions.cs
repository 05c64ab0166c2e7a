namespace Webphone.Grains.Watching;

/// <summary>
/// Numbers that only grow, for views whose source may restart and forget the last one it gave. They follow the clock in microseconds,
/// faster than anything changes, so a restarted source goes on above; they fit a JavaScript number until the year 2255.
/// </summary>
internal static class Versions
{
    public static long Next(long last, DateTimeOffset now) => Math.Max(last + 1, (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
}
