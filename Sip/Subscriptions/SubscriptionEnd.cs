namespace Webphone.Sip.Subscriptions;

/// <summary>Why a subscription ends, as its last NOTIFY says (<see href="https://www.rfc-editor.org/rfc/rfc6665#section-4.1.3">RFC 6665 §4.1.3</see>).</summary>
public enum SubscriptionEnd : byte
{
    /// <summary>Its time is up, or the subscriber ended it.</summary>
    Timeout,

    /// <summary>The subscriber should subscribe again at once: another place takes over.</summary>
    Deactivated,

    /// <summary>The subscriber may not watch any more.</summary>
    Rejected,

    /// <summary>What was watched is no more.</summary>
    NoResource,

    /// <summary>The subscriber may try again later.</summary>
    Probation,
}

internal static class SubscriptionEnds
{
    public static ReadOnlySpan<byte> Token(this SubscriptionEnd end) => end switch
    {
        SubscriptionEnd.Deactivated => "deactivated"u8,
        SubscriptionEnd.Rejected => "rejected"u8,
        SubscriptionEnd.NoResource => "noresource"u8,
        SubscriptionEnd.Probation => "probation"u8,
        _ => "timeout"u8,
    };
}
