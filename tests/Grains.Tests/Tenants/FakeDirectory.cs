using System.Collections.Immutable;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Tests.Tenants;

/// <summary>One tenant, "acme", with the users it is made with.</summary>
internal sealed class FakeDirectory(params IEnumerable<string> extensions) : IDirectory
{
    public const string Tenant = "acme";

    private readonly Dictionary<string, UserRecord> _users = extensions.ToDictionary(extension => extension, extension => new UserRecord(Tenant, extension, $"User {extension}", []));

    public TimeSpan RingTime { get; set; } = TimeSpan.FromSeconds(30);

    public RecordingPolicy Recording { get; set; } = RecordingPolicy.Default;

    /// <summary>By default a trunk for numbers that begin with 0, which is taken off, or with +, with numbers that lead to a user, a room, the echo test and elsewhere.</summary>
    public ImmutableArray<TrunkRecord> Trunks { get; set; } =
    [
        new("out", ["sip:192.0.2.9"])
        {
            CallerId = "+49301",
            Dials = [new DialRule("0", 1, ""), new DialRule("+", 0, "")],
            Networks = [System.Net.IPNetwork.Parse("192.0.2.0/24")],
            Numbers = [new("+4930102", "102"), new("+493043", "*43"), new("+493099907", "99907"), new("+493076", "*76"), new("+493038", "*38"), new("+49300", "0441"), new("+49308", "**102")],
        },
    ];

    public ImmutableArray<TenantRecord> Tenants => [new(Tenant, "acme.example", ["SHA-256"], null, RingTime, TenantFeatures.Default with { PickupGroups = [[.. _users.Keys]] }) { Recording = Recording, Trunks = Trunks }];

    public void Change(string extension, Func<UserRecord, UserRecord> change) => _users[extension] = change(_users[extension]);

    public TenantRecord? FindTenant(string name) => name == Tenant ? Tenants[0] : null;

    public TenantRecord? FindTenantByHost(string host) => host == "acme.example" ? Tenants[0] : null;

    public UserRecord? FindUser(string tenant, string extension) => tenant == Tenant ? _users.GetValueOrDefault(extension) : null;

    public ImmutableArray<UserRecord> ListUsers(string tenant, int skip, int count) =>
        tenant == Tenant ? [.. _users.Values.OrderBy(user => user.Extension, StringComparer.Ordinal).Skip(skip).Take(count)] : [];
}
