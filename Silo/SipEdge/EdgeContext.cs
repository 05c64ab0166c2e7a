using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Tenants;
using Webphone.Net.Sip;
using Webphone.Silo.Edges;
using Webphone.Silo.SipEdge.Legs;
using Webphone.Silo.SipEdge.Media;

namespace Webphone.Silo.SipEdge;

/// <summary>What the parts of the SIP edge share.</summary>
internal sealed record EdgeContext(
    SipEdgeOptions Options,
    SipNetwork Network,
    IDirectory Directory,
    IGrainFactory Grains,
    EdgePost Post,
    ILegEndpoints Endpoints,
    LegTable Legs,
    OtherEdges Others,
    TimeProvider Time,
    ILogger Logger);
