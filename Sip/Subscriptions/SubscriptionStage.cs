namespace Webphone.Sip.Subscriptions;

/// <summary>Where a subscription is at the notifier.</summary>
public enum SubscriptionStage : byte
{
    /// <summary>The subscriber knows how things stand.</summary>
    Idle,

    /// <summary>A NOTIFY is out.</summary>
    Notifying,

    /// <summary>A NOTIFY was answered lately, or is to be tried later: changes gather.</summary>
    Resting,

    /// <summary>No way leads to the subscriber now; one that comes back finds it.</summary>
    Away,

    /// <summary>It is over; a NOTIFY is out, and the last one waits for its answer.</summary>
    Closing,

    /// <summary>The last NOTIFY is out.</summary>
    Ending,

    /// <summary>Nothing is left.</summary>
    Over,
}

/// <summary>What can happen to a subscription.</summary>
internal enum SubscriptionInput : byte
{
    /// <summary>The subscriber subscribed or refreshed, and wants to know all at once.</summary>
    Granted,

    /// <summary>What is subscribed to has changed.</summary>
    Changed,

    /// <summary>The NOTIFY got its 2xx.</summary>
    Taken,

    /// <summary>The NOTIFY was refused for good, or nobody answered.</summary>
    Refused,

    /// <summary>The NOTIFY is to be tried later: Retry-After, or too much to do here.</summary>
    Busy,

    /// <summary>The NOTIFY's flow is gone.</summary>
    FlowLost,

    /// <summary>There is a flow to the subscriber again.</summary>
    FlowFound,

    /// <summary>The rest is over.</summary>
    Rested,

    /// <summary>The time ran out, the subscriber unsubscribed, or we end it.</summary>
    Ended,
}

/// <summary>What a step asks for.</summary>
[Flags]
internal enum SubscriptionEffects : byte
{
    None = 0,
    /// <summary>Send a NOTIFY: of everything where <see cref="SubscriptionCore.IsFull"/> says so, and the last one in <see cref="SubscriptionStage.Ending"/>.</summary>
    Notify = 1,
    /// <summary>Set the timer of <see cref="SubscriptionInput.Rested"/>.</summary>
    Rest = 2,
    /// <summary>Forget the subscription.</summary>
    Forget = 4,
}
