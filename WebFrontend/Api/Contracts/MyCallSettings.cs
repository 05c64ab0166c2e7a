using System.Collections.Immutable;

namespace Webphone.WebFrontend.Api.Contracts;

/// <summary>How the user wants calls to be treated.</summary>
/// <param name="HoldRecallSeconds">How long they leave somebody on hold before their devices ring for it; 0 for ever.</param>
/// <param name="AutoAnswer">Devices that answer by themselves.</param>
public sealed record MyCallSettings(int HoldRecallSeconds, ImmutableArray<AutoAnswerDevice> AutoAnswer);

/// <param name="Device">One of the user's devices.</param>
/// <param name="RingSeconds">How long it rings first.</param>
public sealed record AutoAnswerDevice(string Device, int RingSeconds);
