using Webphone.Grains.Calls;

namespace Webphone.Grains.Presence;

/// <summary>How far a watched call is, as RFC 4235 tells states apart.</summary>
public enum WatchedPhase
{
    /// <summary>It is being set up and rings nowhere yet.</summary>
    Trying,

    /// <summary>It rings: here when the watched one is called, there when they call.</summary>
    Ringing,
    Connected,
}

/// <summary>One call of whoever is watched, as a lamp shows it: a user's call, whoever is parked in a slot, one who is in a room.</summary>
/// <param name="Id">The same for as long as the call is, and no other's; letters, digits and dashes.</param>
/// <param name="IsCaller">The watched one made the call.</param>
/// <param name="Peer">Who is on the other side.</param>
/// <param name="Holding">The watched one holds the other side.</param>
[GenerateSerializer, Immutable]
public sealed record WatchedCall(string Id, bool IsCaller, WatchedPhase Phase, Party Peer, bool Holding = false);
