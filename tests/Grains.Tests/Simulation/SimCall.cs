using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>What the world knows of one call that was made, whatever the grains think.</summary>
internal sealed class SimCall(string key, SimLeg caller, string extension, Destination destination)
{
    public string Key => key;

    public SimLeg Caller => caller;

    public string Extension => extension;

    public Destination Destination => destination;

    /// <summary>The legs that are over.</summary>
    public List<SimLeg> Legs { get; } = [];

    /// <summary>Somebody else ended it.</summary>
    public bool HungUp { get; set; }

    /// <summary>Somebody was transferred in it, out of it or into it: who is in its history in the end is not known from its start.</summary>
    public bool Moved { get; set; }

    /// <summary>The process died in the middle of it.</summary>
    public bool Crashed { get; set; }

    public bool IsSettled(SimWorld world) => !caller.IsAlive && world.Journal.Find(key) is null;
}
