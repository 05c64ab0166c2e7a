using System.Collections.Immutable;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Api.Contracts;

/// <param name="User">extension@domain.</param>
/// <param name="Code">Of the authenticator app, or a recovery code, where the refusal said code-needed.</param>
/// <param name="Remember">Do not ask this browser for codes again for 30 days.</param>
public sealed record SignInRequest(string User, string Password, string? Code, bool Remember);

/// <summary>Who is signed in.</summary>
/// <param name="User">extension@domain.</param>
/// <param name="CallerIds">Numbers that those who are called may be shown instead of the extension.</param>
/// <param name="HasWebphone">Whether this user may call from the browser; the phone is not shown to those who may not.</param>
/// <param name="SignOutMinutes">A page that nobody used for so long signs out; null for never.</param>
public sealed record Account(
    string User, string Extension, string Name, TenantInfo Tenant, UserSettings Settings, ImmutableArray<string> CallerIds, bool HasWebphone, int? SignOutMinutes);

public sealed record PasswordChange(string Current, string New);

/// <summary>A refused request (RFC 9457).</summary>
/// <param name="Code">For programs, such as wrong-credentials.</param>
/// <param name="RetryAfter">Seconds to wait, where waiting helps.</param>
public sealed record Problem(int Status, string Code, string Title, int? RetryAfter);
