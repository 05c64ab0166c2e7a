using System.Collections.Immutable;
using Webphone.Grains.Media;

namespace Webphone.Grains.Calls;

/// <summary>
/// An edge asks for a new call. The caller was authenticated by the edge as <paramref name="CallerExtension"/>; the leg's media
/// endpoint exists already.
/// </summary>
/// <param name="Leg">The caller's leg.</param>
/// <param name="Node">The node whose edge holds the leg.</param>
/// <param name="Tenant">The tenant of the caller.</param>
/// <param name="CallerExtension">The authenticated user; empty for somebody outside.</param>
/// <param name="Device">The id of the caller's <see cref="Users.Binding"/> where it has one, which a call to oneself does not ring; else any text that names the device.</param>
/// <param name="Dialled">What was dialled: the user part, unescaped.</param>
/// <param name="Endpoint">The leg's media endpoint.</param>
/// <param name="Codecs">What the caller offered, best first; empty when it made no offer yet (delayed offer: anything goes).</param>
/// <param name="CallerId">The number that the caller wants to show; null shows the extension.</param>
/// <param name="Replaces">Whom the caller takes from elsewhere instead of dialling (RFC 3891); a leg of its own is replaced only when it is named.</param>
/// <param name="Again">It was sent before, so the call may be known.</param>
/// <param name="Joins">The caller's own call that they come into by this device instead of dialling, and their leg there: it becomes a conference (RFC 3911).</param>
/// <param name="Outside">Who calls from outside, by which trunk; null for a user.</param>
[GenerateSerializer, Immutable]
public sealed record StartCall(
    LegId Leg,
    string Node,
    string Tenant,
    string CallerExtension,
    string Device,
    string Dialled,
    EndpointId Endpoint,
    ImmutableArray<MediaCodec> Codecs,
    bool Again = false,
    string? CallerId = null,
    Consultation? Replaces = null,
    Consultation? Joins = null,
    OutsideCaller? Outside = null);

/// <summary>Somebody who calls from outside: their gateway says who they are.</summary>
/// <param name="Trunk">The trunk of the tenant that the call came by.</param>
[GenerateSerializer, Immutable]
public sealed record OutsideCaller(string Trunk, Party Party);
