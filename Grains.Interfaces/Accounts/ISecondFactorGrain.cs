using System.Collections.Immutable;

namespace Webphone.Grains.Accounts;

/// <summary>What a user must show beside the password: codes of an authenticator app (RFC 6238), or a recovery code. The key is <c>tenant/extension</c>.</summary>
public interface ISecondFactorGrain : IGrainWithStringKey
{
    Task<SecondFactorView> GetView();

    /// <summary>Judges what came beside a right password. A code counts once; a wrong one counts against <see cref="SecondFactorLimits.WrongCodes"/>.</summary>
    Task<SecondFactorAnswer> Check(string? code, string? device);

    /// <summary>A new secret for the user's app, in base32; it holds once <see cref="Enable"/> has seen a code of it.</summary>
    Task<string> Begin();

    /// <summary>From now on the user is asked. The recovery codes, which are shown once; null when the code is not of the secret that was begun.</summary>
    Task<ImmutableArray<string>?> Enable(string code);

    /// <summary>New recovery codes in the place of the old; null when the user is not asked for codes.</summary>
    Task<ImmutableArray<string>?> RenewRecoveryCodes();

    Task Disable();

    /// <summary>This browser is not asked again for <see cref="SecondFactorLimits.DeviceDuration"/>; the answer is its token.</summary>
    Task<string> Remember();

    /// <summary>Every browser is asked again.</summary>
    Task ForgetDevices();
}

/// <param name="RecoveryCodes">How many are left.</param>
[GenerateSerializer, Immutable]
public sealed record SecondFactorView(bool IsEnabled, int RecoveryCodes);

/// <param name="RetryAfter">How long no code is taken, with <see cref="SecondFactorVerdict.TooMany"/>.</param>
[GenerateSerializer, Immutable]
public sealed record SecondFactorAnswer(SecondFactorVerdict Verdict, TimeSpan? RetryAfter = null);

public enum SecondFactorVerdict
{
    /// <summary>The user is not asked, or not in this browser.</summary>
    NotNeeded,
    Right,

    /// <summary>No code came.</summary>
    Needed,
    Wrong,
    TooMany,
}

/// <summary>Bounds of a second factor.</summary>
public static class SecondFactorLimits
{
    public const int RecoveryCodes = 10;

    /// <summary>Wrong codes in <see cref="WrongWindow"/> before none is taken, whether right or wrong.</summary>
    public const int WrongCodes = 10;

    public const int Devices = 20;

    public static readonly TimeSpan WrongWindow = TimeSpan.FromHours(1);

    /// <summary>How long a secret waits for its first code.</summary>
    public static readonly TimeSpan EnrolmentTime = TimeSpan.FromMinutes(15);

    public static readonly TimeSpan DeviceDuration = TimeSpan.FromDays(30);
}
