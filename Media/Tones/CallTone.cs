namespace Webphone.Media.Tones;

/// <summary>What a telephone system says without words.</summary>
public enum CallTone : byte
{
    Dial,
    Ringback,
    Busy,
    Congestion,

    /// <summary>Two rising beeps, once.</summary>
    ConfirmOn,

    /// <summary>Two falling beeps, once.</summary>
    ConfirmOff,

    /// <summary>One beep, once.</summary>
    Beep,

    /// <summary>Somebody came into the conference: two rising notes, once.</summary>
    Entry,

    /// <summary>Somebody left the conference: two falling notes, once.</summary>
    Exit,

    /// <summary>Three low beeps, once: what was asked cannot be done.</summary>
    Error,

    /// <summary>The call is recorded from here on: three notes and a long one, once.</summary>
    Recording,
}

/// <summary>Whose tone plan applies.</summary>
public enum ToneRegion : byte
{
    /// <summary>The 425 Hz plan of ETSI TR 101 041 that most of Europe uses.</summary>
    Europe,

    /// <summary>The North American precise tone plan.</summary>
    UnitedStates,

    /// <summary>BT SIN 350.</summary>
    UnitedKingdom,
}
