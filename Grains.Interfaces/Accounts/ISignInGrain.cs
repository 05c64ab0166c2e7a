namespace Webphone.Grains.Accounts;

/// <summary>Checks who signs in. Any number of these work beside each other; the key means nothing.</summary>
public interface ISignInGrain : IGrainWithIntegerKey
{
    /// <summary>An unknown user and a wrong password get the same answer after the same time.</summary>
    Task<SignInResult> SignIn(SignInAttempt attempt);

    /// <summary>Whether it is the user's password; null when too many are being checked.</summary>
    Task<bool?> Proves(string userKey, string password);

    /// <summary>Sets a new password by the token of a recovery link, and ends every sign-in.</summary>
    Task<Recovery> Recover(string token, string next);

    /// <summary>Changes the password of a user who proves the current one; every other sign-in of theirs ends.</summary>
    Task<PasswordChangeResult> ChangePassword(string userKey, string token, string current, string next);
}

/// <param name="User">extension@domain.</param>
/// <param name="UserAgent">What the browser calls itself.</param>
/// <param name="Code">Of the user's authenticator app, or a recovery code.</param>
/// <param name="Device">The token of a browser that is not asked for codes.</param>
/// <param name="Remember">Do not ask this browser for codes again for a while.</param>
[GenerateSerializer, Immutable]
public sealed record SignInAttempt(string User, string Password, string UserAgent, string? Code = null, string? Device = null, bool Remember = false);

/// <param name="Refusal">Why not; null when the user is in.</param>
/// <param name="UserKey">The user.</param>
/// <param name="Token">The secret that the browser brings from now on; only a hash of it is kept.</param>
/// <param name="Device">The token by which this browser is not asked for codes again, if it asked for one.</param>
/// <param name="RetryAfter">How long to wait, with <see cref="SignInRefusal.TooManyCodes"/>.</param>
[GenerateSerializer, Immutable]
public sealed record SignInResult(SignInRefusal? Refusal, string? UserKey = null, string? Token = null, string? Device = null, TimeSpan? RetryAfter = null);

public enum SignInRefusal
{
    WrongCredentials,

    /// <summary>Too many are signing in at once.</summary>
    Overloaded,

    /// <summary>The password is right; a code is needed too.</summary>
    CodeNeeded,
    WrongCode,
    TooManyCodes,
}

/// <param name="UserKey">Whose password is another one now; null when nobody's is.</param>
[GenerateSerializer, Immutable]
public sealed record Recovery(RecoveryResult Result, string? UserKey = null);

public enum RecoveryResult
{
    Changed,

    /// <summary>It is none of ours, was used, or is over.</summary>
    BadLink,

    /// <summary>The password does not keep <see cref="PasswordRules"/>.</summary>
    Refused,
    Overloaded,
}

public enum PasswordChangeResult
{
    Changed,
    WrongPassword,

    /// <summary>The new one does not keep <see cref="PasswordRules"/>.</summary>
    Refused,
    Overloaded,
}

/// <summary>What a password that a user chooses must be.</summary>
public static class PasswordRules
{
    public const int Shortest = 10;
    public const int Longest = 128;

    public static bool Fits(string password) => password.Length is >= Shortest and <= Longest && !password.Any(char.IsControl);
}
