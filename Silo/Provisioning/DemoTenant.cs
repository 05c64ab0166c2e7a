using System.Collections.Immutable;

namespace Webphone.Silo.Provisioning;

/// <summary>What is served without a provisioning file. Its secrets are public, so it is served on loopback only.</summary>
internal static class DemoTenant
{
    public const string Domain = "demo.example";
    public const string SecretPrefix = "demo-";
    public const int FirstExtension = 101;
    public const int Users = 10;

    public static ImmutableArray<ProvisionedTenant> Create() =>
    [
        new ProvisionedTenant(
            "demo",
            Domain,
            DigestHashing.Algorithms,
            HoldMusicFile: null,
            TimeSpan.FromSeconds(ProvisioningRules.DefaultRingSeconds),
            [.. Enumerable.Range(FirstExtension, Users).Select(number => CreateUser($"{number}"))]),
    ];

    private static ProvisionedUser CreateUser(string extension) =>
        new(extension, $"Demo {extension}", DigestHashing.Hash(DigestHashing.Algorithms, extension, Domain, SecretPrefix + extension));
}
