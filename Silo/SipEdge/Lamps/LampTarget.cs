using Webphone.Grains.Rooms;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>What can have a lamp.</summary>
internal enum LampKind : byte
{
    /// <summary>A user's calls, or their presence.</summary>
    User,

    /// <summary>Whether a user has do-not-disturb on.</summary>
    DoNotDisturb,

    /// <summary>Whether someone is parked in a slot.</summary>
    Slot,

    /// <summary>Whether a room is on.</summary>
    Room,

    /// <summary>Whether the subscriber's own conference is on.</summary>
    OwnRoom,

    /// <summary>The subscriber's own key layout, all at once.</summary>
    List,
}

/// <summary>What a lamp is for.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Number">The user, slot or room; of <see cref="LampKind.OwnRoom"/> the host, of <see cref="LampKind.List"/> the user whose keys they are.</param>
internal readonly record struct LampTarget(LampKind Kind, string Tenant, string Number)
{
    /// <summary>Dialled or watched, the conference of who does so.</summary>
    public const string OwnRoomCode = "*38";

    /// <summary>In front of the extension of whose keys a list has.</summary>
    public const string ListPrefix = "blf-";

    public string UserKey => $"{Tenant}/{Number}";

    /// <summary>
    /// What the user part of a SUBSCRIBE's URI names to that subscriber: a user, <c>*76</c> or <c>*76102</c> for do-not-disturb, <c>*38</c> for the own conference, a room, a slot, or
    /// <c>blf-101</c>. Null when there is no such thing.
    /// </summary>
    public static LampTarget? Find(string name, UserRecord subscriber, IDirectory directory)
    {
        var tenant = subscriber.Tenant;
        if (directory.FindUser(tenant, name) is { } user)
            return new LampTarget(LampKind.User, tenant, user.Extension);
        if (name == OwnRoomCode)
            return new LampTarget(LampKind.OwnRoom, tenant, subscriber.Extension);
        if (name.StartsWith(NumberingPlan.ToggleDoNotDisturbCode, StringComparison.Ordinal))
        {
            var whose = name[NumberingPlan.ToggleDoNotDisturbCode.Length..];
            return directory.FindUser(tenant, whose.Length == 0 ? subscriber.Extension : whose) is { } found ? new LampTarget(LampKind.DoNotDisturb, tenant, found.Extension) : null;
        }
        if (name.StartsWith(ListPrefix, StringComparison.Ordinal))
            return directory.FindUser(tenant, name[ListPrefix.Length..]) is { } owner ? new LampTarget(LampKind.List, tenant, owner.Extension) : null;
        if (RoomLimits.IsRoom(name))
            return new LampTarget(LampKind.Room, tenant, name);
        return directory.FindTenant(tenant)?.Features.ParkSlots.Contains(name) == true ? new LampTarget(LampKind.Slot, tenant, name) : null;
    }

    /// <summary>How the subscriber named it.</summary>
    public string Name => Kind switch
    {
        LampKind.DoNotDisturb => NumberingPlan.ToggleDoNotDisturbCode + Number,
        LampKind.OwnRoom => OwnRoomCode,
        LampKind.List => ListPrefix + Number,
        _ => Number,
    };
}
