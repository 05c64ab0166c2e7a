namespace Webphone.Grains.Phones;

/// <summary>What a key of a phone is for.</summary>
public enum PhoneKeyType
{
    /// <summary>The lamp of a colleague; pressed it calls them, or takes the call that rings there.</summary>
    Blf,

    /// <summary>The lamp of a park slot; pressed it parks there, or takes who is parked.</summary>
    Park,

    /// <summary>The lamp of the user's own conference; pressed it goes there.</summary>
    Conference,

    /// <summary>The lamp of the user's do-not-disturb; pressed it turns that the other way round.</summary>
    DoNotDisturb,

    /// <summary>Dials a number.</summary>
    SpeedDial,
}

/// <summary>A key of a user's phones.</summary>
/// <param name="Number">What it watches and dials.</param>
/// <param name="Label">What stands beside it.</param>
[GenerateSerializer, Immutable]
public sealed record PhoneKey(PhoneKeyType Type, string Number, string Label);
