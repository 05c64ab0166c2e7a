using System.Collections.Immutable;
using System.Security.Cryptography;
using Orleans.Runtime;

namespace Webphone.Grains.Installation;

/// <summary>Makes the secrets when they are asked for the first time. The store takes one pair only, whoever makes it.</summary>
public sealed class InstallationGrain([PersistentState("secrets", GrainServices.Storage)] IPersistentState<InstallationState> kept) : Grain, IInstallationGrain
{
    private const int RecoveryKeyBytes = 32;

    public async Task<InstallationSecrets> GetSecrets()
    {
        if (kept.State is not { PushKey.IsDefaultOrEmpty: false })
        {
            using var push = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            kept.State = new InstallationState { PushKey = [.. push.ExportPkcs8PrivateKey()], RecoveryKey = [.. RandomNumberGenerator.GetBytes(RecoveryKeyBytes)] };
            try
            {
                await kept.WriteStateAsync();
            }
            catch
            {
                kept.State = new InstallationState();
                DeactivateOnIdle();
                throw;
            }
        }

        return new InstallationSecrets(kept.State.PushKey, kept.State.RecoveryKey);
    }
}

/// <summary>What is kept of an installation.</summary>
[GenerateSerializer, Immutable]
public sealed record InstallationState
{
    public const int CurrentVersion = 1;

    [Id(0)]
    public int SchemaVersion { get; init; } = CurrentVersion;

    [Id(1)]
    public ImmutableArray<byte> PushKey { get; init; } = [];

    [Id(2)]
    public ImmutableArray<byte> RecoveryKey { get; init; } = [];
}
