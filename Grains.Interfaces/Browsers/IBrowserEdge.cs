using System.Collections.Immutable;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Browsers;

/// <summary>
/// The part of a node's edge that browser sessions use; to calls it is an <see cref="IEdge"/> as any other. A session only reaches its own legs.
/// Everything is idempotent.
/// </summary>
public interface IBrowserEdge : IGrainObserver
{
    /// <summary>The tab that holds the phone is here; the answer is the session's legs.</summary>
    Task<ImmutableArray<SessionLeg>> Attached(string session);

    /// <summary>No tab that holds the phone is here: the legs wait. The answer is whether there are any.</summary>
    Task<bool> Detached(string session);

    Task<OfferOutcome> Offer(string session, BrowserOffer offer);

    Task Do(string session, BrowserCommand command);
}
