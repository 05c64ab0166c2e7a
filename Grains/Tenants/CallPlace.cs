namespace Webphone.Grains.Tenants;

/// <summary>What can be dialled that is neither a person nor a service.</summary>
public enum PlaceKind
{
    /// <summary>A conference.</summary>
    Room,

    /// <summary>A park slot.</summary>
    Slot,

    /// <summary>A call that rings somebody else.</summary>
    Pickup,

    /// <summary>The call that the one who dials has at another of their devices.</summary>
    OwnCall,

    /// <summary>The conference that a call of the one who asks is in, or becomes by that.</summary>
    JoinedCall,
}

/// <summary>A place as it was dialled.</summary>
/// <param name="Number">The room or the slot; whose phones ring. Null: the room of the one who dials, the lowest slot that is free, anybody of one's pickup group, one's own call.</param>
public sealed record CallPlace(PlaceKind Kind, string? Number);
