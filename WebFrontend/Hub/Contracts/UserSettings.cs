using Webphone.Grains.Accounts;

namespace Webphone.WebFrontend.Hub.Contracts;

/// <summary>What a user has set for themselves; which microphone and speaker to use is each browser's own.</summary>
/// <param name="Language">A language tag such as de; null follows the browser.</param>
/// <param name="Notifications">Show a notification of the system for a call.</param>
public sealed record UserSettings(string? Language, Theme Theme, bool Notifications);

public enum SignOutReason
{
    /// <summary>The user signed out, here or everywhere.</summary>
    SignedOut,

    /// <summary>The password was changed.</summary>
    PasswordChanged,

    /// <summary>The user is not in the directory any more.</summary>
    Removed,

    /// <summary>The client broke a limit.</summary>
    Refused,
}
