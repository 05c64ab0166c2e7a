using System.Collections.Immutable;

namespace Webphone.WebFrontend.Api.Contracts;

/// <param name="RecoveryCodes">How many are left.</param>
public sealed record SecondFactorStatus(bool Enabled, int RecoveryCodes);

/// <summary>For the user's authenticator app, before it is asked for.</summary>
/// <param name="Secret">In base32, to be typed.</param>
/// <param name="Uri">The same as otpauth://, to be drawn as a QR code.</param>
public sealed record SecondFactorSecret(string Secret, string Uri);

public sealed record SecondFactorCode(string Code);

/// <summary>Each signs in once in the place of a code; shown once.</summary>
public sealed record RecoveryCodes(ImmutableArray<string> Codes);

public sealed record PasswordProof(string Password);

/// <summary>A new password by a link of the administrator's.</summary>
public sealed record PasswordRecovery(string Token, string Password);
