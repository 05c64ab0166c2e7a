using System.Collections.Immutable;
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

    /// <summary>The user's calls as lamps tell of them, oldest first: one for each call, however many devices it rings.</summary>
    public static ImmutableArray<WatchedCall> Watched(string extension, IEnumerable<CallView> calls)
    {
        var watched = ImmutableArray.CreateBuilder<WatchedCall>();
        foreach (var call in calls.OrderBy(call => call.StartedAt).ThenBy(call => call.CallKey, StringComparer.Ordinal))
        {
            if (call.Phase == CallPhase.Ended) continue;
            var own = call.Parties.Where(party => party.Extension == extension && party.Phase != LegPhase.Ended).ToList();
            // One who calls themselves has the call once for each side.
            foreach (var side in own.GroupBy(party => party.IsCaller))
            {
                var strongest = side.MaxBy(party => PhaseOf(call.Phase, party))!;
                var peer = call.Parties.FirstOrDefault(party => party.IsCaller != side.Key);
                watched.Add(new WatchedCall(
                    IdOf(call.CallKey, own, side.Key), side.Key, PhaseOf(call.Phase, strongest), peer?.Party ?? new Party(call.Dialled, ""), side.Any(party => party.Holding)));
            }
        }

        return watched.ToImmutable();
    }

    private static string IdOf(string callKey, List<PartyView> own, bool isCaller)
    {
        var id = callKey[(callKey.IndexOf('/') + 1)..];
        return isCaller && own.Exists(party => !party.IsCaller) ? id + "-out" : id;
    }

    private static WatchedPhase PhaseOf(CallPhase phase, PartyView party) => (phase, party.Phase) switch
    {
        (CallPhase.Routing, _) => WatchedPhase.Trying,
        (CallPhase.Ringing, LegPhase.Calling) when !party.IsCaller => WatchedPhase.Trying,
        (CallPhase.Ringing, _) => WatchedPhase.Ringing,
        _ => WatchedPhase.Connected,
    };

    private static PresenceState Of(CallPhase phase, PartyView party) => (phase, party) switch
    {
        (CallPhase.Ended, _) or (_, { Phase: LegPhase.Ended }) => PresenceState.Offline,
        (_, { Phase: LegPhase.Holding }) => PresenceState.Held,
        (CallPhase.Ringing, { IsCaller: false }) => PresenceState.Ringing,
        _ => PresenceState.OnCall,
    };
}
