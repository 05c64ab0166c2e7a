using Webphone.Grains.Calls;

namespace Webphone.Grains.Messages;

/// <summary>A text message (RFC 3428) on its way to one phone.</summary>
/// <param name="Tenant">Whose users both are.</param>
/// <param name="Contact">The phone, as it registered.</param>
/// <param name="Flow">The way to it, as its node wrote it into the binding.</param>
/// <param name="From">The sender, who has proved it.</param>
/// <param name="To">The user whose phone it is.</param>
/// <param name="ContentType">What the body is, as the sender said.</param>
[GenerateSerializer, Immutable]
public sealed record PhoneMessage(string Tenant, string Contact, string Flow, Party From, Party To, byte[] ContentType, byte[] Body);

/// <summary>What became of a message at one phone.</summary>
public enum MessageOutcome
{
    Taken,

    /// <summary>The phone answered, and does not want it.</summary>
    Refused,

    /// <summary>The phone did not answer, or there is no way to it.</summary>
    Unreachable,
}
