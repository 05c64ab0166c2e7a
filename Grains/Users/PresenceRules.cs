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
    /// <remarks>Each change of a call comes here for each of its users, so nothing is made on the way but the result.</remarks>
    public static ImmutableArray<WatchedCall> Watched(string extension, IEnumerable<CallView> calls)
    {
        var watched = ImmutableArray.CreateBuilder<WatchedCall>();
        foreach (var call in Oldest(calls))
        {
            if (call.Phase == CallPhase.Ended || FirstOf(extension, call) is not { } first) continue;
            // One who calls themselves has the call once for each side.
            AddSide(watched, extension, call, first.IsCaller);
            AddSide(watched, extension, call, !first.IsCaller);
        }

        return watched.DrainToImmutable();
    }

    private static List<CallView> Oldest(IEnumerable<CallView> calls)
    {
        var sorted = new List<CallView>(calls);
        if (sorted.Count > 1)
        {
            sorted.Sort(static (one, other) => one.StartedAt != other.StartedAt
                ? one.StartedAt.CompareTo(other.StartedAt)
                : string.CompareOrdinal(one.CallKey, other.CallKey));
        }

        return sorted;
    }

    private static void AddSide(ImmutableArray<WatchedCall>.Builder watched, string extension, CallView call, bool isCaller)
    {
        PartyView? strongest = null, peer = null;
        bool holds = false, hasBoth = false;
        foreach (var party in call.Parties)
        {
            var isOwn = IsOf(extension, party);
            if (party.IsCaller != isCaller)
            {
                peer ??= party;
                hasBoth |= isOwn;
            }
            else if (isOwn)
            {
                holds |= party.Holding;
                if (strongest is null || PhaseOf(call.Phase, party) > PhaseOf(call.Phase, strongest)) strongest = party;
            }
        }

        if (strongest is null) return;
        var id = call.CallKey[(call.CallKey.IndexOf('/') + 1)..];
        watched.Add(new WatchedCall(isCaller && hasBoth ? id + "-out" : id, isCaller, PhaseOf(call.Phase, strongest), peer?.Party ?? new Party(call.Dialled, ""), holds));
    }

    private static PartyView? FirstOf(string extension, CallView call)
    {
        foreach (var party in call.Parties)
        {
            if (IsOf(extension, party)) return party;
        }

        return null;
    }

    private static bool IsOf(string extension, PartyView party) => party.Extension == extension && party.Phase != LegPhase.Ended;

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
