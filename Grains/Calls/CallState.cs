namespace Webphone.Grains.Calls;

/// <summary>The state of one call, as its machine steps it and the journal keeps it.</summary>
public sealed record CallState(string CallKey);
