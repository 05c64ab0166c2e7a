using System.Collections.Immutable;
using Webphone.Grains.Presence;
using Webphone.Grains.Recordings;

namespace Webphone.WebFrontend.Hub.Contracts;

/// <summary>Everything that a tab shows, as it is now.</summary>
/// <param name="Version">Grows with every snapshot of the session.</param>
/// <param name="ServerTime">The clock that all times here are by.</param>
/// <param name="Calls">The user's calls, those on other devices too. One that rings here is in phase ringing with <see cref="BrowserCall.Here"/>: it is to be acknowledged.</param>
/// <param name="Transfers">The last one of each leg of this session.</param>
/// <param name="Conferences">Those that calls of the user are in.</param>
/// <param name="MyConference">Null while it is not on.</param>
/// <param name="ParkBoard">Null while it cannot be told.</param>
/// <param name="Presence">Of the extensions that the session watched last.</param>
/// <param name="HoldsPhone">This tab holds the phone.</param>
/// <param name="Phone">Who holds it.</param>
public sealed record Snapshot(
    long Version,
    DateTimeOffset ServerTime,
    Me Me,
    TenantInfo Tenant,
    UserSettings Settings,
    ImmutableArray<BrowserCall> Calls,
    ImmutableArray<TransferStatus> Transfers,
    ImmutableArray<Conference> Conferences,
    MyConference? MyConference,
    ParkBoard? ParkBoard,
    KeyBoard KeyBoard,
    ImmutableArray<PresenceEntry> Presence,
    bool HoldsPhone,
    PhoneHolder Phone,
    ImmutableArray<IceServer> IceServers);

/// <summary>The user as they see themselves.</summary>
/// <param name="Reachable">This user has a device that can be rung.</param>
public sealed record Me(string Extension, string Name, bool DoNotDisturb, bool Reachable, PresenceState State, ImmutableArray<MyDevice> Devices, RecordingRules Recording, long Version);

/// <summary>What is recorded of the user, and what they may do with it.</summary>
/// <param name="Internal">Within the organisation, and conferences.</param>
/// <param name="Inbound">From outside.</param>
/// <param name="Outbound">To the outside.</param>
/// <param name="All">They may use everybody's, and read who did.</param>
public sealed record RecordingRules(RecordingWhen Internal, RecordingWhen Inbound, RecordingWhen Outbound, bool Pause, bool Download, bool Delete, bool All);

/// <param name="SessionId">The browser session that it is; null for a phone.</param>
/// <param name="UserAgent">What it calls itself; may be empty.</param>
public sealed record MyDevice(string Id, string? SessionId, string UserAgent);

public sealed record TenantInfo(string Name, string Domain);

/// <param name="TabId">The tab that holds the phone; null when none does.</param>
/// <param name="Reachable">The session can be rung. Not so while no tab holds the phone, and after a ring that was not acknowledged.</param>
/// <param name="MissedRingAt">When a ring was not acknowledged, until the tab is heard of again.</param>
public sealed record PhoneHolder(string? TabId, bool Reachable, DateTimeOffset? MissedRingAt);

/// <summary>A STUN or TURN server, as RTCPeerConnection takes it.</summary>
public sealed record IceServer(ImmutableArray<string> Urls, string? Username, string? Credential);

/// <summary>What an extension's lamp shows.</summary>
public sealed record PresenceEntry(string Extension, long Version, PresenceState State, bool DoNotDisturb, int Calls);
