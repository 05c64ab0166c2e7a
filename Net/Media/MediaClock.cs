using Webphone.Media.Rtcp;

namespace Webphone.Net.Media;

/// <summary>The engine's two clocks: monotonic since its start, and the wall's for RTCP.</summary>
public sealed class MediaClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeSpan Now => time.GetElapsedTime(_start);

    public NtpTime WallClock => NtpTime.From(time.GetUtcNow());
}
