namespace Webphone.Sip.Registration;

/// <summary>What a registrar allows.</summary>
public sealed record RegistrationOptions
{
    /// <summary>The interval for a contact that names none, in seconds. Default 3,600.</summary>
    public int DefaultExpiresSeconds { get; init; } = 3600;

    /// <summary>A shorter one is refused with 423, in seconds. Default 60.</summary>
    public int MinExpiresSeconds { get; init; } = 60;

    /// <summary>A longer one is shortened to it, in seconds. Default 7,200.</summary>
    public int MaxExpiresSeconds { get; init; } = 7200;

    /// <summary>The most bindings of one address of record; a REGISTER over it is refused with 403. Default 10.</summary>
    public int MaxBindings { get; init; } = 10;

    /// <summary>The Flow-Timer that a device with outbound support is told, in seconds (RFC 5626 §5.4); 0 for none. Default 25.</summary>
    public int FlowTimerSeconds { get; init; } = 25;
}
