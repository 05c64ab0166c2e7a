using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Sessions;

/// <summary>Writes the headers of the session timer (RFC 4028 §4, §5).</summary>
internal static class SessionTimerHeaders
{
    /// <summary>Of a 2xx: the interval and who refreshes; a caller that knows session timers and is to refresh must be told so by Require.</summary>
    public static void WriteResponse(ref SipWriter writer, in SessionTimer timer, SipMessage request)
    {
        if (timer.IntervalSeconds == 0)
            return;
        var supported = request.HasToken(HeaderName.Supported, "timer"u8);
        if (supported && !timer.WeRefresh)
            writer.Header(HeaderName.Require, "timer"u8);
        Write(ref writer, timer.IntervalSeconds, timer.WeRefresh ? ";refresher=uas"u8 : ";refresher=uac"u8);
    }

    /// <summary>Of an INVITE or UPDATE: the interval that we want, and who refreshes once that is agreed.</summary>
    public static void WriteRequest(ref SipWriter writer, in SessionTimer timer, SessionOptions options)
    {
        var seconds = timer.IntervalSeconds != 0 ? timer.IntervalSeconds : options.SessionExpiresSeconds;
        if (seconds == 0)
            return;
        Write(ref writer, seconds, timer.IntervalSeconds == 0 ? default : timer.WeRefresh ? ";refresher=uac"u8 : ";refresher=uas"u8);
        if (options.MinSessionExpiresSeconds > 90)
            writer.Header(HeaderName.MinSE, (uint)options.MinSessionExpiresSeconds);
    }

    private static void Write(ref SipWriter writer, int seconds, ReadOnlySpan<byte> refresher)
    {
        writer.BeginHeader(HeaderName.SessionExpires);
        writer.Number((uint)seconds);
        writer.Text(refresher);
        writer.EndLine();
    }
}
