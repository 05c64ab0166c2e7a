using Webphone.Grains.Calls;

namespace Webphone.Grains.Nodes;

/// <summary>What an edge says of a dialog that somebody wants to replace (RFC 3891).</summary>
/// <param name="Wanted">The call, and the leg whose place is taken, or none where a phone rings; null unless it may be taken.</param>
[GenerateSerializer, Immutable]
public sealed record ReplacedDialog(ReplacedOutcome Outcome, Consultation? Wanted)
{
    public static readonly ReplacedDialog Unknown = new(ReplacedOutcome.Unknown, null);
}

/// <summary>Whether a dialog may be replaced.</summary>
public enum ReplacedOutcome
{
    /// <summary>No such dialog is held here (481).</summary>
    Unknown,

    Found,

    /// <summary>It was to be replaced only while it rings, and was answered (486).</summary>
    Answered,

    /// <summary>It is a conversation of somebody else (403).</summary>
    NotOwn,
}
