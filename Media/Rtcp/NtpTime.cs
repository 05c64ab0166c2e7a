namespace Webphone.Media.Rtcp;

/// <summary>The 64-bit NTP timestamp of sender reports: seconds since 1900 and their fraction in 2^-32 (RFC 3550 section 4).</summary>
public readonly record struct NtpTime(ulong Value)
{
    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The middle 32 bits, in units of 1/65536 s, as LSR and DLSR use.</summary>
    public uint Middle => (uint)(Value >> 16);

    public static NtpTime From(DateTimeOffset time)
    {
        var ticks = (ulong)(time - Epoch).Ticks;
        var seconds = ticks / TimeSpan.TicksPerSecond;
        var fraction = ((ticks % TimeSpan.TicksPerSecond) << 32) / TimeSpan.TicksPerSecond;
        return new NtpTime((seconds << 32) | fraction);
    }

    /// <summary>A span of time in 1/65536 s.</summary>
    public static uint ToShort(TimeSpan span) => (uint)(span.TotalSeconds * 65536);

    public static TimeSpan FromShort(uint units) => TimeSpan.FromSeconds(units / 65536.0);
}
