using Webphone.Grains.Calls;
using Webphone.Grains.Presence;

namespace Webphone.Grains.Users;

/// <summary>What a lamp shows of a user: pure.</summary>
public static class PresenceRules
{
    /// <summary>The strongest of what applies.</summary>
    public static PresenceState Of(string extension, bool doNotDisturb, bool reachable, IEnumerable<CallView> calls)
    {
        var strongest = doNotDisturb ? PresenceState.DoNotDisturb : reachable ? PresenceState.Idle : PresenceState.Offline;
        foreach (var call in calls)
        {
            foreach (var party in call.Parties)
            {
                if (party.Extension != extension) continue;
                var state = Of(call.Phase, party);
                if (state > strongest) strongest = state;
            }
        }

        return strongest;
    }

    private static PresenceState Of(CallPhase phase, PartyView party) => (phase, party) switch
    {
        (CallPhase.Ended, _) or (_, { Phase: LegPhase.Ended }) => PresenceState.Offline,
        (_, { Phase: LegPhase.Holding }) => PresenceState.Held,
        (CallPhase.Ringing, { IsCaller: false }) => PresenceState.Ringing,
        _ => PresenceState.OnCall,
    };
}
