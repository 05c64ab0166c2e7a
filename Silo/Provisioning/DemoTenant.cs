using System.Collections.Immutable;
using Webphone.Grains.Accounts;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.Provisioning;

/// <summary>What is served without a provisioning file. Its secrets are public, so it is served on loopback only.</summary>
internal static class DemoTenant
{
    public const string Domain = "demo.example";
    public const string SecretPrefix = "demo-";
    public const int FirstExtension = 101;
    public const int Users = 10;

    /// <summary>MD5 alone: phones with older SIP libraries give up when SHA-256 is offered at all, and the demo is for any phone at hand.</summary>
    private static readonly ImmutableArray<string> Algorithms = [DigestHashing.Md5];

    public static ImmutableArray<ProvisionedTenant> Create() =>
    [
        new ProvisionedTenant(
            "demo",
            Domain,
            Algorithms,
            HoldMusicFile: null,
            TimeSpan.FromSeconds(ProvisioningRules.DefaultRingSeconds),
            [.. Enumerable.Range(FirstExtension, Users).Select(number => CreateUser($"{number}"))],
            TenantFeatures.Default with { PickupGroups = [[.. Enumerable.Range(FirstExtension, Users).Select(number => $"{number}")]] }),
    ];

    private static ProvisionedUser CreateUser(string extension) =>
        new(extension, $"Demo {extension}", DigestHashing.Hash(Algorithms, extension, Domain, SecretPrefix + extension), new ProvisionedPassword(Passwords.Key(SecretPrefix + extension), null));
}
