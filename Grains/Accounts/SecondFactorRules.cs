using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Webphone.Grains.Accounts;

/// <summary>Judges codes and devices: <c>(what is kept, what came, now) → (what is kept then, the verdict)</c>, with no clock and no IO.</summary>
internal static class SecondFactorRules
{
    private const int LongestText = 128;

    public static (SecondFactorState State, SecondFactorAnswer Answer) Check(SecondFactorState state, string? code, string? device, DateTimeOffset now)
    {
        if (state.Secret.IsEmpty || IsRemembered(state, device, now)) return (state, new SecondFactorAnswer(SecondFactorVerdict.NotNeeded));
        if (string.IsNullOrWhiteSpace(code)) return (state, new SecondFactorAnswer(SecondFactorVerdict.Needed));
        if (state.WrongCodes >= SecondFactorLimits.WrongCodes && state.WrongSince + SecondFactorLimits.WrongWindow - now is var wait && wait > TimeSpan.Zero)
            return (state, new SecondFactorAnswer(SecondFactorVerdict.TooMany, wait));
        if (Take(state, Plain(code), now) is { } taken) return (taken with { WrongCodes = 0 }, new SecondFactorAnswer(SecondFactorVerdict.Right));
        var goesOn = state.WrongCodes > 0 && now - state.WrongSince < SecondFactorLimits.WrongWindow;
        var wrong = goesOn ? state with { WrongCodes = state.WrongCodes + 1 } : state with { WrongCodes = 1, WrongSince = now };
        return (wrong, new SecondFactorAnswer(SecondFactorVerdict.Wrong));
    }

    /// <summary>What a token or a recovery code is kept as. Both are random and long, so that a plain hash is enough.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>As people type it: with or without spaces and dashes, in any case.</summary>
    public static string Plain(string code) =>
        code.Length > LongestText ? "" : string.Concat(code.Where(c => c != '-' && !char.IsWhiteSpace(c))).ToUpperInvariant();

    private static SecondFactorState? Take(SecondFactorState state, string code, DateTimeOffset now)
    {
        if (Totp.FindStep(state.Secret.AsSpan(), code, now, state.UsedStep) is { } step) return state with { UsedStep = step };
        var left = state.RecoveryHashes.Remove(HashOf(code));
        return left.Length < state.RecoveryHashes.Length ? state with { RecoveryHashes = left } : null;
    }

    private static bool IsRemembered(SecondFactorState state, string? device, DateTimeOffset now)
    {
        if (device is not { Length: > 0 and <= LongestText }) return false;
        var hash = HashOf(device);
        return state.Devices.Any(known => known.TokenHash == hash && known.Until > now);
    }
}

/// <summary>What is kept of a user's second factor. Replaced whole, never changed.</summary>
[GenerateSerializer, Immutable]
public sealed record SecondFactorState
{
    public const int CurrentVersion = 1;

    [Id(0)]
    public int SchemaVersion { get; init; } = CurrentVersion;

    /// <summary>Shared with the user's app; empty when they are not asked.</summary>
    [Id(1)]
    public ImmutableArray<byte> Secret { get; init; } = [];

    /// <summary>The newest step that a code was taken of.</summary>
    [Id(2)]
    public long UsedStep { get; init; }

    /// <summary>SHA-256 of the recovery codes that are left.</summary>
    [Id(3)]
    public ImmutableArray<string> RecoveryHashes { get; init; } = [];

    [Id(4)]
    public ImmutableArray<RememberedDevice> Devices { get; init; } = [];

    [Id(5)]
    public int WrongCodes { get; init; }

    [Id(6)]
    public DateTimeOffset WrongSince { get; init; }

    /// <summary>A secret that waits for its first code.</summary>
    [Id(7)]
    public ImmutableArray<byte> NewSecret { get; init; } = [];

    [Id(8)]
    public DateTimeOffset NewSecretUntil { get; init; }
}

/// <summary>A browser that is not asked.</summary>
[GenerateSerializer, Immutable]
public sealed record RememberedDevice(string TokenHash, DateTimeOffset Until);
