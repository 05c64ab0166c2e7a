using System.Buffers.Text;
using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Sessions;

/// <summary>
/// The session timer, <see href="https://www.rfc-editor.org/rfc/rfc4028">RFC 4028</see>: who refreshes, when, and when the session counts as dead.
/// The refresher sends at half of the interval; without a refresh both sides end the call 32 s (or a third of the interval) before its end.
/// </summary>
public struct SessionTimer
{
    /// <summary>The interval in seconds; 0 when no timer runs.</summary>
    public int IntervalSeconds { get; private set; }

    public bool WeRefresh { get; private set; }

    public long RefreshAtMs { get; private set; }

    public long ExpireAtMs { get; private set; }

    public readonly long NextDeadlineMs => IntervalSeconds == 0 ? TransactionCore.Never : Math.Min(RefreshAtMs, ExpireAtMs);

    /// <summary>Starts, or starts anew after a refresh.</summary>
    public void Start(int seconds, bool weRefresh, long nowMs)
    {
        IntervalSeconds = seconds;
        WeRefresh = weRefresh;
        RefreshAtMs = weRefresh ? nowMs + (seconds * 500L) : TransactionCore.Never;
        ExpireAtMs = nowMs + ((seconds - Math.Min(32, seconds / 3)) * 1000L);
    }

    public void Stop() => IntervalSeconds = 0;

    /// <summary>The refresh is on its way: only the end is waited for.</summary>
    public void RefreshSent() => RefreshAtMs = TransactionCore.Never;

    /// <summary>A refresh could not be sent, or met one from the other side: it is tried again a little later.</summary>
    public void RefreshAgainAt(long atMs) => RefreshAtMs = WeRefresh ? atMs : TransactionCore.Never;

    /// <summary>
    /// The callee's part (RFC 4028 §9): takes what a request asks for. False if its interval is shorter than <paramref name="minSeconds"/>: 422 with Min-SE.
    /// </summary>
    public bool Negotiate(SipMessage request, int wantedSeconds, int minSeconds, long nowMs)
    {
        var supported = request.HasToken(HeaderName.Supported, "timer"u8) || request.HasToken(HeaderName.Require, "timer"u8);
        if (!TryParse(request.Headers(HeaderName.SessionExpires).First, out var asked, out var refresher))
        {
            if (wantedSeconds > 0)
                Start(Math.Max(wantedSeconds, MinimumOf(request, minSeconds)), weRefresh: true, nowMs);
            else
                Stop();
            return true;
        }
        if (asked < minSeconds && supported)
            return false;
        var seconds = Math.Max(asked, minSeconds);
        if (wantedSeconds > 0)
            seconds = Math.Min(seconds, Math.Max(wantedSeconds, MinimumOf(request, minSeconds)));
        Start(seconds, weRefresh: !supported || refresher == Refresher.Uas, nowMs);
        return true;
    }

    /// <summary>The caller's part (RFC 4028 §7.2): takes what the 2xx says. A peer that knows no session timers is refreshed by us.</summary>
    public void Accept(SipMessage response, int wantedSeconds, long nowMs)
    {
        if (TryParse(response.Headers(HeaderName.SessionExpires).First, out var seconds, out var refresher))
            Start(Math.Max(seconds, 90), weRefresh: refresher != Refresher.Uas, nowMs);
        else if (wantedSeconds > 0)
            Start(wantedSeconds, weRefresh: true, nowMs);
        else
            Stop();
    }

    /// <summary>The interval and the refresher of a Session-Expires value.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> value, out int seconds, out Refresher refresher)
    {
        refresher = Refresher.None;
        if (!Utf8Parser.TryParse(value, out uint number, out var used))
        {
            seconds = 0;
            return false;
        }
        seconds = (int)Math.Min(number, 86_400);
        var rest = value[used..];
        var at = rest.IndexOf("refresher="u8);
        if (at < 0)
            return true;
        rest = rest[(at + 10)..];
        if (rest.Length >= 3 && Ascii.EqualsIgnoreCase(rest[..3], "uac"u8))
            refresher = Refresher.Uac;
        else if (rest.Length >= 3 && Ascii.EqualsIgnoreCase(rest[..3], "uas"u8))
            refresher = Refresher.Uas;
        return true;
    }

    /// <summary>The Min-SE of a message where it is above ours.</summary>
    internal static int MinimumOf(SipMessage message, int minSeconds) =>
        Utf8Parser.TryParse(message.Headers(HeaderName.MinSE).First, out uint asked, out _) ? Math.Max(minSeconds, (int)Math.Min(asked, 86_400)) : minSeconds;

    /// <summary>The refresher parameter.</summary>
    internal enum Refresher : byte
    {
        None,
        Uac,
        Uas,
    }
}
