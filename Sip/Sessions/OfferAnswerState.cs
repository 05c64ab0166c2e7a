namespace Webphone.Sip.Sessions;

/// <summary>Whose offer is open.</summary>
public enum OfferAnswerState : byte
{
    /// <summary>None: either side may offer.</summary>
    Stable,
    /// <summary>Ours waits for the other side's answer.</summary>
    LocalOffer,
    /// <summary>The other side's waits for our answer.</summary>
    RemoteOffer,
}
