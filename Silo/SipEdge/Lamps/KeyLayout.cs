using Webphone.Grains.Phones;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>The numbers that a user's keys watch, in their order, with what stands beside each.</summary>
internal static class KeyLayout
{
    /// <summary>The most that one list holds.</summary>
    public const int Most = 200;

    /// <summary>As they are provisioned; without any, all colleagues.</summary>
    public static IReadOnlyList<(string Number, string Label)> Of(UserRecord user, IDirectory directory) => user.Keys.IsEmpty
        ? [.. directory.ListUsers(user.Tenant, 0, Most + 1).Where(other => other.Extension != user.Extension).Take(Most).Select(other => (other.Extension, other.Name))]
        : [.. user.Keys.Where(key => key.Type != PhoneKeyType.SpeedDial).DistinctBy(key => key.Number).Take(Most).Select(key => (key.Number, key.Label))];
}
