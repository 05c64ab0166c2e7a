using System.Collections.Immutable;
using Webphone.Grains.Phones;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Keys;

/// <summary>The keys of a user's desk phones, as their screens show them until the user arranges others.</summary>
public static class DeskPhoneKeys
{
    public static ImmutableArray<PhoneKey> Of(string tenant, string extension, IDirectory directory) =>
        directory.FindUser(tenant, extension) is { } user
            ? [.. user.Keys.Select(key => Shown(key, tenant, directory)).OfType<PhoneKey>().Where(PhoneKeyLimits.Fit).Take(PhoneKeyLimits.Keys)]
            : [];

    /// <summary>The keys of the users' grains whose desk phones have other keys now than before, or keys that mean something else.</summary>
    public static IEnumerable<string> Changed(IDirectory before, IDirectory now) =>
        from tenant in now.Tenants
        from user in now.ListUsers(tenant.Name, 0, int.MaxValue)
        where !Of(tenant.Name, user.Extension, before).SequenceEqual(Of(tenant.Name, user.Extension, now))
        select UserKey.Of(tenant.Name, user.Extension);

    /// <summary>Null for what a screen has a place of its own for.</summary>
    private static PhoneKey? Shown(Phones.PhoneKey key, string tenant, IDirectory directory) => key.Type switch
    {
        PhoneKeyType.Blf => new PhoneKey(KindOf(key.Number, tenant, directory), key.Number, LabelOf(key)),
        PhoneKeyType.Park => new PhoneKey(PhoneKeyKind.Slot, key.Number, LabelOf(key)),
        PhoneKeyType.Conference => new PhoneKey(PhoneKeyKind.Conference, "", LabelOf(key)),
        PhoneKeyType.SpeedDial => new PhoneKey(PhoneKeyKind.Number, key.Number, LabelOf(key)),
        _ => null,
    };

    /// <summary>A desk phone's lamp may show anything that has a number.</summary>
    private static PhoneKeyKind KindOf(string number, string tenant, IDirectory directory) =>
        directory.FindUser(tenant, number) is not null ? PhoneKeyKind.Person
        : directory.FindTenant(tenant)?.Features.ParkSlots.Contains(number) == true ? PhoneKeyKind.Slot
        : PhoneKeyKind.Number;

    /// <summary>A key that nobody has given a label has its number there; a screen knows a better name.</summary>
    private static string LabelOf(Phones.PhoneKey key) => key.Label == key.Number ? "" : key.Label;
}
