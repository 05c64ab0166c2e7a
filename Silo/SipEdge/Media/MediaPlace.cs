using System.Net;

namespace Webphone.Silo.SipEdge.Media;

/// <summary>Where the media of phones of one address family goes.</summary>
/// <param name="Bind">Where its sockets are bound; it may be the wildcard.</param>
/// <param name="Advertised">What session descriptions name.</param>
internal sealed record MediaPlace(IPAddress Bind, IPAddress Advertised);
