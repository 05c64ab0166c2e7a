using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Users;
using Webphone.WebFrontend.Hub.Contracts;
using System.Collections.Immutable;

namespace Webphone.WebFrontend.Hub;

/// <summary>A call and a user as one browser session is to see them.</summary>
internal static class BrowserCalls
{
    public static BrowserCall Of(CallView call, string extension, HubSession session)
    {
        var own = OwnParty(call, extension, session, out var here, out var lost);
        var isCaller = own?.IsCaller ?? false;
        var peer = call.Parties.FirstOrDefault(party => party.IsCaller != isCaller && party.Phase != LegPhase.Ended)
            ?? call.Parties.FirstOrDefault(party => party.IsCaller != isCaller);
        return new BrowserCall(
            own?.Leg.Value,
            here,
            call.CallKey,
            call.Version,
            call.Phase,
            isCaller ? CallDirection.Outbound : CallDirection.Inbound,
            call.Dialled,
            peer is null ? new Peer(call.Dialled, "", null) : PeerOf(peer),
            own?.Holding ?? false,
            peer?.Holding ?? false,
            here && lost,
            peer?.Phase == LegPhase.Away,
            call.StartedAt,
            call.AnsweredAt,
            call.EndedAt,
            call.End);
    }

    public static Me MeOf(UserView user, DateTimeOffset now) => new(
        user.Extension,
        user.Name,
        user.DoNotDisturb,
        !user.Devices.IsEmpty,
        user.Presence.State,
        [.. user.Devices.Select(device => new MyDevice(device.Id, SessionKey.OfFlow(device.Flow), device.UserAgent))],
        (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    public static PhoneHolder HolderOf(PhoneView phone) => new(phone.TabId, phone.Reachable, phone.MissedRingAt);

    /// <summary>What the user's other device is called that answered; null when it is not known.</summary>
    public static string? AnsweredBy(CallView? call, string extension) =>
        call?.Parties.FirstOrDefault(party => !party.IsCaller && party.Extension == extension && party.Phase is LegPhase.Connected or LegPhase.Holding)?.Device is { Length: > 0 } device
            ? device : null;

    /// <summary>The user's side: this session's leg where it has one, else any that is not over.</summary>
    private static PartyView? OwnParty(CallView call, string extension, HubSession session, out bool here, out bool lost)
    {
        foreach (var party in call.Parties)
        {
            if (party.Extension == extension && session.Owns(party.Leg, out lost))
            {
                here = call.Phase == CallPhase.Ended || party.Phase != LegPhase.Ended;
                return party;
            }
        }
        (here, lost) = (false, false);
        ImmutableArray<PartyView> own = [.. call.Parties.Where(party => party.Extension == extension)];
        return own.FirstOrDefault(party => party.Phase != LegPhase.Ended) ?? own.FirstOrDefault();
    }

    private static Peer PeerOf(PartyView party) => new(party.Party.Number, party.Party.Name, party.Extension);
}
