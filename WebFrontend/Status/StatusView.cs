using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Users;

namespace Webphone.WebFrontend.Status;

/// <summary>What the status page shows: everything of all tenants, cut to what a page can hold.</summary>
public sealed record StatusView(
    string Node,
    DateTimeOffset Time,
    ImmutableArray<string> Tenants,
    ImmutableArray<StatusUser> Users,
    ImmutableArray<StatusCall> Calls,
    ImmutableArray<StatusEntry> History,
    bool Cut);

/// <param name="Presence">The state by name.</param>
public sealed record StatusUser(string Tenant, string Extension, string Name, string Presence, bool DoNotDisturb, ImmutableArray<DeviceView> Devices);

public sealed record StatusCall(
    string Tenant,
    string CallKey,
    CallPhase Phase,
    string Dialled,
    DateTimeOffset StartedAt,
    DateTimeOffset? AnsweredAt,
    ImmutableArray<StatusLeg> Legs);

public sealed record StatusLeg(string Leg, string? Extension, string Number, string Name, bool IsCaller, LegPhase Phase);

public sealed record StatusEntry(
    string Tenant,
    string CallKey,
    string Extension,
    CallDirection Direction,
    string PeerNumber,
    string PeerName,
    string Line,
    DateTimeOffset StartedAt,
    DateTimeOffset? AnsweredAt,
    DateTimeOffset? EndedAt,
    double DurationSeconds,
    CallEnd End);
