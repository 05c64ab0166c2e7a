namespace Webphone.Sip.Sdp;

/// <summary>c= (RFC 8866 §5.7). A multicast TTL or count stays in the address.</summary>
public sealed record SdpConnection(string Address, bool IsIPv6)
{
    /// <summary>0.0.0.0 or ::, which in an offer means hold in the old style (RFC 3264 §8.4).</summary>
    public bool IsUnspecified => Address is "0.0.0.0" or "::";

    public static SdpConnection Of(System.Net.IPAddress address) =>
        new(address.ToString(), address.GetAddressBytes().Length == 16);
}
