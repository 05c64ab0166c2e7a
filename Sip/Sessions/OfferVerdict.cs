namespace Webphone.Sip.Sessions;

/// <summary>What becomes of an offer that arrived.</summary>
public enum OfferVerdict : byte
{
    Accepted,
    /// <summary>Both sides offered at once: 491 Request Pending.</summary>
    Glare,
    /// <summary>The sender's previous offer is not answered yet: 500 with Retry-After of 0 to 10 s.</summary>
    Overlap,
}
