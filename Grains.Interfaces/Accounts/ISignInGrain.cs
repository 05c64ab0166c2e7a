namespace Webphone.Grains.Accounts;

/// <summary>Checks who signs in. Any number of these work beside each other; the key means nothing.</summary>
public interface ISignInGrain : IGrainWithIntegerKey
{
    /// <summary>An unknown user and a wrong password get the same answer after the same time.</summary>
    Task<SignInResult> SignIn(SignInAttempt attempt);

    /// <summary>Changes the password of a user who proves the current one; every other sign-in of theirs ends.</summary>
    Task<PasswordChangeResult> ChangePassword(string userKey, string token, string current, string next);
}

/// <param name="User">extension@domain.</param>
/// <param name="UserAgent">What the browser calls itself.</param>
[GenerateSerializer, Immutable]
public sealed record SignInAttempt(string User, string Password, string UserAgent);

/// <param name="Refusal">Why not; null when the user is in.</param>
/// <param name="UserKey">The user.</param>
/// <param name="Token">The secret that the browser brings from now on; only a hash of it is kept.</param>
[GenerateSerializer, Immutable]
public sealed record SignInResult(SignInRefusal? Refusal, string? UserKey, string? Token);

public enum SignInRefusal
{
    WrongCredentials,

    /// <summary>Too many are signing in at once.</summary>
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
