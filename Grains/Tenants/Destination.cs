namespace Webphone.Grains.Tenants;

/// <summary>Where a dialled string leads: a closed set that grows with what can be dialled.</summary>
public abstract record Destination
{
    private Destination()
    {
    }

    /// <summary>A user of the tenant. An intercom call is answered by their device at once.</summary>
    public sealed record User(string Extension, bool Intercom = false) : Destination;

    /// <summary>Plays the caller's own voice back.</summary>
    public sealed record EchoTest : Destination;

    /// <summary>Turns the caller's do-not-disturb the other way round.</summary>
    public sealed record ToggleDoNotDisturb : Destination;

    /// <summary>A room, a slot, or somebody else's call.</summary>
    public sealed record Place(CallPlace Where) : Destination;

    /// <summary>A number that is none of ours, by a trunk.</summary>
    /// <param name="Number">As it was dialled, without separators.</param>
    public sealed record Outside(string Number, string Trunk) : Destination;

    /// <summary>Nothing has this number.</summary>
    public sealed record Unknown : Destination;
}
