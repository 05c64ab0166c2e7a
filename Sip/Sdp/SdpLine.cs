namespace Webphone.Sip.Sdp;

/// <summary>A line that we keep without understanding it: i=, u=, e=, p=, b=, k=, t=, r=, z=.</summary>
public readonly record struct SdpLine(char Type, string Value);
