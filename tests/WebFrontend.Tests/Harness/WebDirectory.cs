using System.Collections.Concurrent;
using System.Collections.Immutable;
using Webphone.Grains.Accounts;
using Webphone.Grains.Phones;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;

namespace Webphone.WebFrontend.Tests.Harness;

/// <summary>Two tenants: "acme" with 101 to 110, and "other" with 101. The password is "pass-" and the extension; 110 has none. 103 has a desk phone with a key of each type. 101 has two more numbers to show, 108 may use all recordings, 109 may not call from the browser.</summary>
internal sealed class WebDirectory : IDirectory
{
    /// <summary>The desk phone of 101.</summary>
    public const string Phone = "001565000001";

    public const string PhoneSecret = "the-phones-password";

    public static readonly ImmutableArray<PhoneKey> DeskKeys =
    [
        new(PhoneKeyType.Blf, "102", "102"), new(PhoneKeyType.Blf, "702", "Waiting"), new(PhoneKeyType.Blf, "99901", "Team"), new(PhoneKeyType.Park, "701", "701"),
        new(PhoneKeyType.Conference, "*38", "Meet"), new(PhoneKeyType.DoNotDisturb, "*76", "*76"), new(PhoneKeyType.SpeedDial, "0301234567", "Taxi"),
    ];

    private readonly ConcurrentDictionary<(string, string), UserRecord> _users = [];

    public WebDirectory()
    {
        Tenants =
        [
            new("acme", "acme.example", ["MD5"], null, TimeSpan.FromSeconds(30)),
            new("other", "other.example", ["MD5"], null, TimeSpan.FromSeconds(30)),
        ];
        for (var extension = 101; extension <= 110; extension++)
            Add("acme", $"{extension}", extension == 110 ? null : $"pass-{extension}");
        Add("other", "101", "pass-101");
    }

    public ImmutableArray<TenantRecord> Tenants { get; }

    /// <summary>As the tenants have it from now on.</summary>
    public TimeSpan? SignOutAfter { get; set; }

    public TenantRecord? FindTenant(string name) => Tenants.FirstOrDefault(tenant => tenant.Name == name) is { } found ? found with { SignOutAfter = SignOutAfter } : null;

    public TenantRecord? FindTenantByHost(string host) => Tenants.FirstOrDefault(tenant => tenant.Domain.Equals(host, StringComparison.OrdinalIgnoreCase));

    public UserRecord? FindUser(string tenant, string extension) => _users.GetValueOrDefault((tenant, extension));

    public ImmutableArray<UserRecord> ListUsers(string tenant, int skip, int count) => [.. _users.Values.Where(user => user.Tenant == tenant).OrderBy(user => user.Extension).Skip(skip).Take(count)];

    public PhoneRecord? FindPhone(string mac) => mac == Phone ? new PhoneRecord(Phone, "acme", "101", PhoneSecret) : null;

    public ImmutableArray<PhoneRecord> ListPhones(string tenant) => tenant == "acme" ? [FindPhone(Phone)!] : [];

    /// <summary>The keys of a user's desk phone are others from now on.</summary>
    public void SetDeskKeys(string extension, params ImmutableArray<PhoneKey> keys) => _users[("acme", extension)] = _users[("acme", extension)] with { Keys = keys };

    private void Add(string tenant, string extension, string? password) => _users[(tenant, extension)] = new UserRecord(
        tenant, extension, $"User {extension}", [], password is null ? null : new ProvisionedPassword(Passwords.Key(password), null))
    {
        Rights = extension == "108" ? [RecordingRight.Name] : [],
        CallerIds = extension == "101" ? ["+493055501", "+493055502"] : [],
        HasWebphone = extension != "109",
        Keys = extension == "103" ? DeskKeys : [],
    };
}
