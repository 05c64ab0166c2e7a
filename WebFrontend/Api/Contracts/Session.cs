using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Api.Contracts;

/// <param name="User">extension@domain.</param>
public sealed record SignInRequest(string User, string Password);

/// <summary>Who is signed in.</summary>
/// <param name="User">extension@domain.</param>
public sealed record Account(string User, string Extension, string Name, TenantInfo Tenant, UserSettings Settings);

public sealed record PasswordChange(string Current, string New);

/// <summary>A refused request (RFC 9457).</summary>
/// <param name="Code">For programs, such as wrong-credentials.</param>
/// <param name="RetryAfter">Seconds to wait, where waiting helps.</param>
public sealed record Problem(int Status, string Code, string Title, int? RetryAfter);
