using System.Text;

namespace Webphone.Sip.EventPackages;

/// <summary>The messages of a mailbox.</summary>
/// <param name="New">Not heard yet.</param>
/// <param name="Old">Heard and kept.</param>
/// <param name="UrgentNew">The urgent among the new ones.</param>
/// <param name="UrgentOld">The urgent among the old ones.</param>
public readonly record struct MessageCounts(int New, int Old, int UrgentNew = 0, int UrgentOld = 0);

/// <summary>Writes application/simple-message-summary (<see href="https://www.rfc-editor.org/rfc/rfc3842">RFC 3842</see>).</summary>
public static class MessageSummary
{
    public static ReadOnlySpan<byte> ContentType => "application/simple-message-summary"u8;

    /// <param name="account">The address to call to hear them.</param>
    /// <param name="counts">How many there are.</param>
    public static EventDocument Write(string account, in MessageCounts counts) => new(
        Encoding.UTF8.GetBytes(
            $"Messages-Waiting: {(counts.New > 0 ? "yes" : "no")}\r\nMessage-Account: {account}\r\n"
            + $"Voice-Message: {counts.New}/{counts.Old} ({counts.UrgentNew}/{counts.UrgentOld})\r\n"),
        [],
        isNumbered: false);
}
