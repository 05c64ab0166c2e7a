namespace Webphone.Sip.Subscriptions;

/// <summary>What a <see cref="SubscriptionMachine"/> remembers.</summary>
internal struct SubscriptionCore
{
    public SubscriptionStage Stage;

    /// <summary>Something has changed that the subscriber was not told.</summary>
    public bool Owes;

    /// <summary>What is owed is everything.</summary>
    public bool OwesFull;

    /// <summary>The NOTIFY that a step asks for tells everything.</summary>
    public bool IsFull;
}

/// <summary>
/// The notifier's side of a subscription (<see href="https://www.rfc-editor.org/rfc/rfc6665#section-4.2">RFC 6665 §4.2</see>): one NOTIFY at a time, what changes
/// meanwhile goes with the next, and a rest lies between two of them (RFC 4235 §3.10), except for who asks.
/// <code><![CDATA[
///                      Changed, Granted                 Taken, Busy
///          +--> Idle ------------------> Notifying ---------------------> Resting --+
///          |                             ^   |   |                         |   |    |
///   Rested |                    Granted, |   |   | FlowLost       Granted, |   |    |
///          |                   FlowFound |   |   v                 Rested  |   |    |
///          |                             +--Away                  and owes |   |    |
///          |                                 |  ^--------------------------+   |    |
///          +---------------------------------|---------------------------------|----+
///                     Refused: Over  <-------+   (Away ends without a word)    |
///     Ended: Closing where a NOTIFY is out, else Ending with the last NOTIFY   |
///     Closing --Taken, Busy--> Ending --any answer--> Over  <------------------+
/// ]]></code>
/// </summary>
internal static class SubscriptionMachine
{
    public static SubscriptionEffects Step(ref SubscriptionCore core, SubscriptionInput input) => core.Stage switch
    {
        SubscriptionStage.Idle => Idle(ref core, input),
        SubscriptionStage.Notifying => Notifying(ref core, input),
        SubscriptionStage.Resting => Resting(ref core, input),
        SubscriptionStage.Away => Away(ref core, input),
        SubscriptionStage.Closing => Closing(ref core, input),
        SubscriptionStage.Ending => Ending(ref core, input),
        _ => SubscriptionEffects.None,
    };

    private static SubscriptionEffects Idle(ref SubscriptionCore core, SubscriptionInput input) => input switch
    {
        SubscriptionInput.Granted or SubscriptionInput.FlowFound => Notify(ref core, full: true),
        SubscriptionInput.Changed => Notify(ref core, full: false),
        SubscriptionInput.Ended => End(ref core),
        // Answers to nothing.
        _ => SubscriptionEffects.None,
    };

    private static SubscriptionEffects Notifying(ref SubscriptionCore core, SubscriptionInput input)
    {
        switch (input)
        {
            case SubscriptionInput.Granted or SubscriptionInput.FlowFound:
                core.Owes = core.OwesFull = true;
                return SubscriptionEffects.None;
            case SubscriptionInput.Changed:
                core.Owes = true;
                return SubscriptionEffects.None;
            case SubscriptionInput.Taken:
                // Who asked meanwhile is told at once.
                return core.OwesFull ? Notify(ref core, full: true) : Rest(ref core);
            case SubscriptionInput.Busy:
                core.Owes = core.OwesFull = true;
                return Rest(ref core);
            case SubscriptionInput.FlowLost:
                core.Stage = SubscriptionStage.Away;
                return SubscriptionEffects.None;
            case SubscriptionInput.Refused:
                return Forget(ref core);
            case SubscriptionInput.Ended:
                core.Stage = SubscriptionStage.Closing;
                return SubscriptionEffects.None;
            default:
                return SubscriptionEffects.None;
        }
    }

    private static SubscriptionEffects Resting(ref SubscriptionCore core, SubscriptionInput input)
    {
        switch (input)
        {
            case SubscriptionInput.Granted or SubscriptionInput.FlowFound:
                return Notify(ref core, full: true);
            case SubscriptionInput.Changed:
                core.Owes = true;
                return SubscriptionEffects.None;
            case SubscriptionInput.Rested when core.Owes:
                return Notify(ref core, core.OwesFull);
            case SubscriptionInput.Rested:
                core.Stage = SubscriptionStage.Idle;
                return SubscriptionEffects.None;
            case SubscriptionInput.Ended:
                return End(ref core);
            default:
                return SubscriptionEffects.None;
        }
    }

    private static SubscriptionEffects Away(ref SubscriptionCore core, SubscriptionInput input) => input switch
    {
        SubscriptionInput.Granted or SubscriptionInput.FlowFound => Notify(ref core, full: true),
        // Nobody to tell.
        SubscriptionInput.Ended => Forget(ref core),
        _ => SubscriptionEffects.None,
    };

    private static SubscriptionEffects Closing(ref SubscriptionCore core, SubscriptionInput input) => input switch
    {
        SubscriptionInput.Taken or SubscriptionInput.Busy => End(ref core),
        SubscriptionInput.Refused or SubscriptionInput.FlowLost => Forget(ref core),
        _ => SubscriptionEffects.None,
    };

    private static SubscriptionEffects Ending(ref SubscriptionCore core, SubscriptionInput input) => input switch
    {
        SubscriptionInput.Taken or SubscriptionInput.Busy or SubscriptionInput.Refused or SubscriptionInput.FlowLost => Forget(ref core),
        _ => SubscriptionEffects.None,
    };

    private static SubscriptionEffects Notify(ref SubscriptionCore core, bool full)
    {
        core.Stage = SubscriptionStage.Notifying;
        core.Owes = core.OwesFull = false;
        core.IsFull = full;
        return SubscriptionEffects.Notify;
    }

    private static SubscriptionEffects Rest(ref SubscriptionCore core)
    {
        core.Stage = SubscriptionStage.Resting;
        return SubscriptionEffects.Rest;
    }

    private static SubscriptionEffects End(ref SubscriptionCore core)
    {
        core.Stage = SubscriptionStage.Ending;
        core.Owes = core.OwesFull = false;
        core.IsFull = true;
        return SubscriptionEffects.Notify;
    }

    private static SubscriptionEffects Forget(ref SubscriptionCore core)
    {
        core.Stage = SubscriptionStage.Over;
        return SubscriptionEffects.Forget;
    }
}
