using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Recordings;
using Webphone.Grains.Users;
using Webphone.WebFrontend.Hub.Contracts;
using System.Collections.Immutable;

namespace Webphone.WebFrontend.Hub;

/// <summary>A call and a user as one browser session is to see them.</summary>
internal static class BrowserCalls
{
    public static BrowserCall Of(CallView call, string extension, HubSession session)
    {
        var own = OwnParty(call, extension, session, out var leg, out var here);
        var isCaller = own?.IsCaller ?? false;
        // The user talks at another device, and this one is rung to go on with.
        var switches = call.Phase == CallPhase.Connected && own?.Phase is LegPhase.Calling or LegPhase.Ringing;
        var peer = PeerOf(call, own, isCaller);
        return new BrowserCall(
            own?.Leg.Value,
            here,
            call.CallKey,
            call.Version,
            own is { Transfers: true } && call.Phase != CallPhase.Ended ? CallPhase.Connected : switches ? CallPhase.Ringing : call.Phase,
            isCaller && !switches ? CallDirection.Outbound : CallDirection.Inbound,
            call.Dialled,
            peer is null ? new Peer(call.Dialled, "", null) : PeerOf(peer),
            own?.Holding ?? false,
            peer?.Holding ?? false,
            here && leg is { Lost: true },
            peer?.Phase == LegPhase.Away,
            call.StartedAt,
            call.AnsweredAt,
            call.EndedAt,
            call.End,
            call.Room,
            here ? leg?.Consults?.Value : null,
            call.BackFrom is { } backFrom ? new Peer(backFrom.Number, backFrom.Name, null) : null,
            own?.Recording is { } recording ? new CallRecording(recording.Phase, recording.Automatic, recording.StartedAt) : null,
            call.Parties.Any(party => party.Leg != own?.Leg && party.Recording is { Shown: true, Phase: RecordingPhase.On or RecordingPhase.Paused }));
    }

    public static TransferStatus StatusOf(TransferTold told) => new(
        told.Command.RequestId,
        told.Command.Leg.Value,
        told.Command.Kind,
        told.Command.Target is { Length: > 0 } target ? target : null,
        told.Command.Consulted?.Value,
        told.News.Phase,
        told.News.Reason,
        told.News.Place is { Length: > 0 } place ? place : null);

    public static Me MeOf(UserView user, DateTimeOffset now) => new(
        user.Extension,
        user.Name,
        user.DoNotDisturb,
        !user.Devices.IsEmpty,
        user.Presence.State,
        [.. user.Devices.DistinctBy(device => device.Instance.Length == 0 ? device.Id : device.Instance).Select(device => new MyDevice(device.Id, SessionKey.OfFlow(device.Flow), device.UserAgent))],
        RulesOf(user.Recording),
        (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    private static RecordingRules RulesOf(UserRecording recording) => new(
        recording.Internal, recording.Inbound, recording.Outbound, recording.MayPause, recording.MayDownload, recording.MayDelete, recording.MayUseAll);

    public static PhoneHolder HolderOf(PhoneView phone) => new(phone.TabId, phone.Reachable, phone.MissedRingAt);

    /// <summary>What the user's other device is called that answered; null when it is not known.</summary>
    public static string? AnsweredBy(CallView? call, string extension) =>
        call?.Parties.FirstOrDefault(party => !party.IsCaller && party.Extension == extension && party.Phase is LegPhase.Connected or LegPhase.Holding)?.Device is { Length: > 0 } device
            ? device : null;

    /// <summary>The user's side: this session's leg where it has one, else any that is not over.</summary>
    private static PartyView? OwnParty(CallView call, string extension, HubSession session, out OwnLeg? leg, out bool here)
    {
        foreach (var party in call.Parties)
        {
            if (party.Extension == extension && session.Find(party.Leg) is { } known)
            {
                (leg, here) = (known, call.Phase == CallPhase.Ended || party.Phase != LegPhase.Ended);
                return party;
            }
        }
        (leg, here) = (null, false);
        ImmutableArray<PartyView> own = [.. call.Parties.Where(party => party.Extension == extension)];
        return own.FirstOrDefault(party => party.Phase != LegPhase.Ended) ?? own.FirstOrDefault();
    }

    /// <summary>Who is at the other end. Who transfers has the one whom they send away until that comes to something.</summary>
    private static PartyView? PeerOf(CallView call, PartyView? own, bool isCaller) => own is { Transfers: true }
        ? call.Parties.FirstOrDefault(party => party is { IsCaller: true, Transfers: false })
        : call.Parties.FirstOrDefault(party => party.IsCaller != isCaller && party.Phase != LegPhase.Ended)
            ?? call.Parties.FirstOrDefault(party => party.IsCaller != isCaller);

    private static Peer PeerOf(PartyView party) => new(party.Party.Number, party.Party.Name, party.Extension);
}
