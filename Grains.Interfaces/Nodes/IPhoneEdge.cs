using Webphone.Grains.Calls;
using Webphone.Grains.Messages;

namespace Webphone.Grains.Nodes;

/// <summary>What the edges of nodes ask each other, for phones that are known to more than one of them.</summary>
public interface IPhoneEdge : IGrainObserver
{
    /// <summary>Gives the message to a phone that registered here, and waits for its answer for less than <see cref="EdgeLimits.CommandTimeout"/>.</summary>
    Task<MessageOutcome> Pass(PhoneMessage message);

    /// <summary>The call and the leg of the user whose dialog the value of a Replaces header names (RFC 3891 §3); null when none is held here.</summary>
    Task<Consultation?> FindDialog(string tenant, string extension, string replaces);

    /// <summary>Whether the user may take the place of somebody in the dialog that the value of a Replaces header names.</summary>
    Task<ReplacedDialog> FindReplaced(string tenant, string extension, string replaces);
}
