using System.Text;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.Nodes;
using Webphone.Grains.Users;
using Webphone.Sip.EventPackages;
using Webphone.Sip.Headers;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>
/// What a lamp calls a dialog that whoever watches it may answer: a call that rings, or whoever waits in a slot. A phone's key sends it back in the Replaces of
/// an INVITE (<see href="https://www.rfc-editor.org/rfc/rfc5359#section-2.15">RFC 5359 §2.15</see> and §2.16). No dialog on the wire has such a name, so a lamp
/// tells nobody what those are called; and it is the same on every node.
/// </summary>
internal static partial class LampDialog
{
    private const string Prefix = "pickup-";
    private const int LongestId = 64;

    /// <param name="id">The call's key within its tenant.</param>
    public static DialogName Of(string id) => new(Prefix + id, id, id);

    /// <summary>The call that a Replaces header means by such a name, within the tenant of who sends it; null where it means a dialog of the wire.</summary>
    public static string? IdOf(string replaces)
    {
        if (!DialogReference.TryParse(Encoding.UTF8.GetBytes(replaces), out var reference, out _))
            return null;
        var (callId, tag) = (Encoding.UTF8.GetString(reference.CallId), Encoding.UTF8.GetString(reference.ToTag));
        var isName = tag.Length <= LongestId && tag.All(character => char.IsAsciiLetterOrDigit(character) || character == '-')
            && callId == Prefix + tag && reference.FromTag.SequenceEqual(reference.ToTag);
        return isName ? tag : null;
    }

    /// <summary>What is to be had of the call: somebody rings or waits in a slot, or was answered, or is gone.</summary>
    public static async Task<ReplacedDialog> Find(EdgeContext edge, string tenant, string id)
    {
        var key = UserKey.Of(tenant, id);
        try
        {
            return await edge.Grains.GetGrain<ICallGrain>(key).GetView().WaitAsync(EdgeLimits.CommandTimeout, edge.Time) switch
            {
                { Phase: CallPhase.Ringing } or { Phase: CallPhase.Connected, Slot: not null } => new ReplacedDialog(ReplacedOutcome.Found, new Consultation(key, default)),
                { Phase: CallPhase.Connected } => new ReplacedDialog(ReplacedOutcome.Answered, null),
                _ => ReplacedDialog.Unknown,
            };
        }
        // The edge of one question: who asked is told that there is no such dialog.
        catch (Exception failure)
        {
            LogNoAnswer(edge.Logger, failure, key);
            return ReplacedDialog.Unknown;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey} does not say whether it may be picked up")]
    private static partial void LogNoAnswer(ILogger logger, Exception failure, string callKey);
}
