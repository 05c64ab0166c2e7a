using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Media;
using Webphone.Silo.Edges;

namespace Webphone.Silo.BrowserEdge;

/// <summary>What the legs of browsers share.</summary>
internal sealed record BrowserEdgeContext(
    SessionEdgeOptions Options,
    IGrainFactory Grains,
    EdgePost Post,
    ILegEndpoints Endpoints,
    IMediaNode Media,
    BrowserLegs Legs,
    TimeProvider Time,
    ILogger Logger);
