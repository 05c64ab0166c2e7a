namespace Webphone.Net.WebPush;

/// <summary>One message for one browser.</summary>
/// <param name="Topic">A later message of the same topic takes the place of one that waits at the push service; at most 32 letters of base64url.</param>
/// <param name="TimeToLive">How long the push service keeps it for a browser that is away.</param>
public sealed record PushMessage(Uri Endpoint, PushKeys Keys, ReadOnlyMemory<byte> Body, string Topic, TimeSpan TimeToLive);

/// <summary>What became of a message.</summary>
/// <param name="RetryAfter">How long to leave the push service alone, where it said so.</param>
public readonly record struct PushResult(PushOutcome Outcome, TimeSpan? RetryAfter = null);

public enum PushOutcome
{
    /// <summary>The push service has it.</summary>
    Accepted,

    /// <summary>There is no such subscription any more (404, 410).</summary>
    Gone,

    /// <summary>The push service has too much to do or is out of order (429, 5xx).</summary>
    Busy,

    /// <summary>It does not answer, or may not be connected to.</summary>
    Unreachable,

    /// <summary>It will never take this message.</summary>
    Refused,

    /// <summary>Too many messages are on their way already.</summary>
    Overloaded,
}
