using Webphone.Grains.Calls;

namespace Webphone.Grains.Recordings;

/// <summary>How the recording of a party stands.</summary>
public enum RecordingPhase
{
    Off,

    /// <summary>Its node was asked and has not said yet that it records, or an announcement comes first.</summary>
    Starting,
    On,

    /// <summary>It goes on, with silence until it is resumed.</summary>
    Paused,

    /// <summary>It could not be made.</summary>
    Failed,
}

/// <summary>The recording of one party of a call, as its call knows it. It goes with the party's leg to other calls.</summary>
/// <param name="Leg">The party's leg.</param>
/// <param name="Extension">Whose recording it is.</param>
/// <param name="Id">Names the recording.</param>
/// <param name="Automatic">The policy began it: nobody stops it before the end.</param>
/// <param name="Shown">The other side is told of it.</param>
/// <param name="Order">What its node was asked for.</param>
[GenerateSerializer, Immutable]
public sealed record PartyRecording(LegId Leg, string Extension, string Id, RecordingPhase Phase, bool Automatic, bool Shown, DateTimeOffset StartedAt, RecordingOrder Order);

/// <summary>The recording of a party as the call's users may see it; that of another is to be shown only where <paramref name="Shown"/>.</summary>
[GenerateSerializer, Immutable]
public sealed record RecordingStatus(RecordingPhase Phase, bool Automatic, bool Shown, DateTimeOffset StartedAt);

/// <summary>What somebody wants of the recording of their side.</summary>
public enum RecordingAct
{
    Start,
    Stop,
    Pause,
    Resume,
}

/// <summary>What became of it.</summary>
public enum RecordingRefusal
{
    None,

    /// <summary>There is no such call of the user's, or they do not talk in it.</summary>
    NotFound,

    /// <summary>The organisation does not allow it.</summary>
    Forbidden,
}
