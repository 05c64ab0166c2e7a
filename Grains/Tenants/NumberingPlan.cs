using System.Buffers;
using Webphone.Grains.Rooms;

namespace Webphone.Grains.Tenants;

/// <summary>
/// A tenant's numbering plan: what a dialled string means. Rules are tried in order and the first that knows the string decides;
/// a new kind of destination is one more rule.
/// </summary>
public static class NumberingPlan
{
    public const string EchoTestCode = "*43";
    public const string ToggleDoNotDisturbCode = "*76";
    public const string OwnRoomCode = "*38";
    public const string ParkCode = "*68";
    public const string GroupPickupCode = "*8";
    public const string SwitchCode = "*11";
    public const string PickupPrefix = "**";
    public const string IntercomPrefix = "*9";

    /// <summary>Longer strings are dialled by nobody.</summary>
    public const int MaxDialledLength = 64;

    /// <summary>Numbers outside have as many digits, and may begin with +.</summary>
    public const int MaxOutsideDigits = 32;

    private delegate Destination? Rule(string dialled, string tenant, IDirectory directory);

    private static readonly Rule[] Rules = [FeatureCode, Extension, Pickup, Intercom, Slot, Room, Outside];

    private static readonly SearchValues<char> Separators = SearchValues.Create("-.() \t\u00A0");

    /// <param name="dialled">What was dialled: the user part of the request's URI, unescaped.</param>
    public static Destination Resolve(string dialled, string tenant, IDirectory directory)
    {
        if (dialled.Length is 0 or > MaxDialledLength) return new Destination.Unknown();
        // A name that is an extension as it stands needs no tidying: "front-desk" is not "frontdesk".
        if (Extension(dialled, tenant, directory) is { } exact) return exact;

        var number = WithoutSeparators(dialled);
        foreach (var rule in Rules)
        {
            if (rule(number, tenant, directory) is { } destination) return destination;
        }

        return new Destination.Unknown();
    }

    /// <summary>
    /// Where somebody gets who calls one of our numbers from outside: to a person, into a room by its number, or to the echo test. Nowhere else, and never back to
    /// the outside.
    /// </summary>
    public static Destination ResolveInbound(string number, string trunk, string tenant, IDirectory directory)
    {
        if (directory.FindTenant(tenant)?.FindTrunk(trunk)?.LeadsTo(number) is not { } target) return new Destination.Unknown();
        return Resolve(target, tenant, directory) is var destination && IsOpenToAll(destination) ? destination : new Destination.Unknown();
    }

    public static bool IsOpenToAll(Destination destination) =>
        destination is Destination.User { Intercom: false } or Destination.EchoTest or Destination.Place { Where: { Kind: PlaceKind.Room, Number: not null } };

    /// <summary>Whether it looks like a number of the telephone network.</summary>
    public static bool IsNumber(ReadOnlySpan<char> text)
    {
        var digits = text is ['+', .. var rest] ? rest : text;
        return digits.Length is > 0 and <= MaxOutsideDigits && !digits.ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>Removes what people and phone books put into numbers to read them (RFC 3966 §5.1.1, and blanks).</summary>
    public static string WithoutSeparators(string dialled)
    {
        if (!dialled.AsSpan().ContainsAny(Separators)) return dialled;
        return string.Create(dialled.Length - dialled.Count(Separators.Contains), dialled, static (span, text) =>
        {
            var next = 0;
            foreach (var character in text)
            {
                if (!Separators.Contains(character)) span[next++] = character;
            }
        });
    }

    private static Destination? FeatureCode(string dialled, string tenant, IDirectory directory) => dialled switch
    {
        EchoTestCode => new Destination.EchoTest(),
        ToggleDoNotDisturbCode => new Destination.ToggleDoNotDisturb(),
        OwnRoomCode => PlaceOf(PlaceKind.Room, null),
        ParkCode => PlaceOf(PlaceKind.Slot, null),
        GroupPickupCode => PlaceOf(PlaceKind.Pickup, null),
        SwitchCode => PlaceOf(PlaceKind.OwnCall, null),
        _ => null,
    };

    private static Destination.User? Extension(string dialled, string tenant, IDirectory directory) =>
        directory.FindUser(tenant, dialled) is { } user ? new Destination.User(user.Extension) : null;

    private static Destination.Place? Pickup(string dialled, string tenant, IDirectory directory) =>
        dialled.StartsWith(PickupPrefix, StringComparison.Ordinal) && directory.FindUser(tenant, dialled[PickupPrefix.Length..]) is { } user
            ? PlaceOf(PlaceKind.Pickup, user.Extension)
            : null;

    private static Destination.User? Intercom(string dialled, string tenant, IDirectory directory) =>
        dialled.StartsWith(IntercomPrefix, StringComparison.Ordinal) && directory.FindUser(tenant, dialled[IntercomPrefix.Length..]) is { } user
            ? new Destination.User(user.Extension, Intercom: true)
            : null;

    private static Destination.Place? Slot(string dialled, string tenant, IDirectory directory) =>
        directory.FindTenant(tenant)?.Features.ParkSlots.Contains(dialled) == true ? PlaceOf(PlaceKind.Slot, dialled) : null;

    private static Destination.Place? Room(string dialled, string tenant, IDirectory directory) =>
        RoomLimits.IsRoom(dialled) ? PlaceOf(PlaceKind.Room, dialled) : null;

    private static Destination.Outside? Outside(string dialled, string tenant, IDirectory directory)
    {
        if (!IsNumber(dialled) || directory.FindTenant(tenant) is not { } record) return null;
        foreach (var trunk in record.Trunks)
        {
            if (trunk.Sends(dialled) is { } sent && IsNumber(sent)) return new Destination.Outside(dialled, trunk.Name);
        }

        return null;
    }

    private static Destination.Place PlaceOf(PlaceKind kind, string? number) => new(new CallPlace(kind, number));
}
