using System.Collections.Immutable;

namespace Webphone.Grains.Installation;

/// <summary>Secrets that every node of an installation shares, made once and kept in the store. The key is <see cref="Key"/>.</summary>
public interface IInstallationGrain : IGrainWithIntegerKey
{
    const long Key = 0;

    Task<InstallationSecrets> GetSecrets();
}

/// <param name="PushKey">The P-256 key that push services know us by (RFC 8292), as PKCS #8. With another one every browser must subscribe anew.</param>
/// <param name="RecoveryKey">What links to set a new password are signed with. With another one those that are out hold no more.</param>
[GenerateSerializer, Immutable]
public sealed record InstallationSecrets(ImmutableArray<byte> PushKey, ImmutableArray<byte> RecoveryKey);
