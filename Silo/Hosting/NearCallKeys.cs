using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;
using Webphone.Grains.Calls;
using Webphone.Silo.Edges;

namespace Webphone.Silo.Hosting;

/// <summary>
/// Names calls so that their place in Orleans' directory is on this silo, where their grains begin too: looking a new call up, entering it and taking it out again ask no other silo.
/// Were the directory divided otherwise than <see cref="DirectoryPart"/> says, calls would be found all the same, by a message. Compiled when Engine is Orleans.
/// </summary>
internal sealed class NearCallKeys(IGrainFactory grains, IClusterMembershipService membership, ILocalSiloDetails here, IOptions<GrainDirectoryOptions> directory) : ICallKeys
{
    /// <summary>A silo whose part is small finds no name in it in so many tries, now and then.</summary>
    private const int Tries = 64;

    private readonly RandomCallKeys _random = new();
    private readonly GrainType _call = grains.GetGrain<ICallGrain>("any/call").GetGrainId().Type;
    private DirectoryPart? _part;

    public string New(string tenant)
    {
        var part = Current();
        var key = _random.New(tenant);
        for (var tried = 1; tried < Tries && !part.Has(GrainId.Create(_call, key)); tried++) key = _random.New(tenant);
        return key;
    }

    private DirectoryPart Current()
    {
        var members = membership.CurrentSnapshot;
        if (Volatile.Read(ref _part) is { } known && known.Version == members.Version) return known;
        var part = new DirectoryPart(members, here.SiloAddress, directory.Value.PartitionsPerSilo);
        Volatile.Write(ref _part, part);
        return part;
    }
}
