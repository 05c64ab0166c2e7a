namespace Webphone.Net.Sip.Limits;

/// <summary>How often one address may do something.</summary>
/// <param name="PerSecond">The rate that may go on for ever; 0 switches the limit off.</param>
/// <param name="Burst">How many at once after a silence.</param>
/// <param name="Penalty">How long at most an address that goes on over the rate stays shut out after it fell silent.</param>
public sealed record RateLimit(double PerSecond, int Burst, TimeSpan Penalty);
