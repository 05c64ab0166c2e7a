namespace Webphone.Silo.Storage.Databases;

/// <summary>Times as the store keeps them: microseconds since 1970, UTC, which is as fine as PostgreSQL's own.</summary>
internal static class StoredTime
{
    public static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
