using System.Collections.Immutable;
using Webphone.Grains.Browsers;

namespace Webphone.Grains.Accounts;

/// <summary>What a user has on the web: sign-ins, a password of their own, settings, and where to push to. The key is <c>tenant/extension</c>.</summary>
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>The account by a sign-in that holds; null when the token is not one, or not any more.</summary>
    Task<AccountView?> Check(string token);

    /// <summary>A new sign-in for a user whose password was checked; the answer is its token.</summary>
    Task<string> Open(string userAgent);

    /// <summary>Ends the sign-in, or all of the user's.</summary>
    Task SignOut(string token, bool everywhere);

    /// <summary>The password that the user chose; null when it is the provisioned one.</summary>
    Task<PasswordHash?> GetPassword();

    /// <summary>Keeps a password that the user chose, and ends all sign-ins but the one of <paramref name="keptToken"/>.</summary>
    Task SetPassword(PasswordHash password, string keptToken);

    /// <summary>The same for one who does not know the password: ends all sign-ins. False when the password is not the one that <paramref name="mark"/> names any more.</summary>
    Task<bool> Recover(string mark, PasswordHash password);

    Task<AccountSettings> GetSettings();

    Task SetSettings(AccountSettings settings);

    /// <summary>Calls reach the browser by push for as long as the sign-in holds that it was added by; the one added the longest ago makes room.</summary>
    Task AddPushTarget(PushTarget target);

    Task RemovePushTarget(string endpoint);

    /// <summary>Those whose sign-in still holds.</summary>
    Task<ImmutableArray<PushTarget>> GetPushTargets();

    /// <summary>Tells the frontend when sign-ins end, for <see cref="Users.WatchLease.Duration"/>.</summary>
    Task Watch(IFrontend frontend);
}

/// <param name="SignIn">Names the sign-in without giving it away.</param>
/// <param name="CallerIds">Numbers that the user may show to those they call, instead of the extension.</param>
/// <param name="HasWebphone">Whether the user may call from the browser.</param>
/// <param name="SignOutAfter">A page that nobody used for so long is to sign out; null for never.</param>
[GenerateSerializer, Immutable]
public sealed record AccountView(
    string UserKey, string SignIn, string Name, string TenantName, string Domain, AccountSettings Settings, ImmutableArray<string> CallerIds, bool HasWebphone, TimeSpan? SignOutAfter);

/// <summary>What a user has set for themselves.</summary>
/// <param name="Language">A language tag; null follows the browser.</param>
/// <param name="Notifications">Show a notification of the system for a call.</param>
[GenerateSerializer, Immutable]
public sealed record AccountSettings(string? Language, Theme Theme, bool Notifications)
{
    public static readonly AccountSettings Default = new(null, Theme.System, Notifications: true);
}

public enum Theme
{
    System,
    Light,
    Dark,
}

/// <summary>A browser that may be woken by Web Push (RFC 8030): its endpoint and the keys that only it has the other half of (RFC 8291), base64url.</summary>
/// <param name="SignIn">The sign-in that it was added by (<see cref="AccountView.SignIn"/>).</param>
/// <param name="Session">The browser session that it is: while that can be rung, it need not be woken. Null when it did not say.</param>
[GenerateSerializer, Immutable]
public sealed record PushTarget(string Endpoint, string P256dh, string Auth, string SignIn, string? Session);

/// <summary>A password as it is kept: PBKDF2 with HMAC-SHA-512 (RFC 8018).</summary>
[GenerateSerializer, Immutable]
public sealed record PasswordHash(int Iterations, ImmutableArray<byte> Salt, ImmutableArray<byte> Hash);

/// <summary>Bounds of one account.</summary>
public static class AccountLimits
{
    /// <summary>Sign-ins at a time; the one unused the longest goes first.</summary>
    public const int SignIns = 50;

    public const int PushTargets = 10;

    /// <summary>A sign-in that is not used for so long ends.</summary>
    public static readonly TimeSpan SignInDuration = TimeSpan.FromDays(14);
}
