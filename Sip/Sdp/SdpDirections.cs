namespace Webphone.Sip.Sdp;

/// <summary>Names and arithmetic of directions.</summary>
public static class SdpDirections
{
    public static string Token(this SdpDirection direction) => direction switch
    {
        SdpDirection.SendOnly => "sendonly",
        SdpDirection.RecvOnly => "recvonly",
        SdpDirection.Inactive => "inactive",
        _ => "sendrecv",
    };

    public static SdpDirection? Parse(string name) => name switch
    {
        "sendrecv" => SdpDirection.SendRecv,
        "sendonly" => SdpDirection.SendOnly,
        "recvonly" => SdpDirection.RecvOnly,
        "inactive" => SdpDirection.Inactive,
        _ => null,
    };

    public static bool Sends(this SdpDirection direction) => direction is SdpDirection.SendRecv or SdpDirection.SendOnly;

    public static bool Receives(this SdpDirection direction) => direction is SdpDirection.SendRecv or SdpDirection.RecvOnly;

    /// <summary>The same flow seen from the other side.</summary>
    public static SdpDirection Reverse(this SdpDirection direction) => Of(direction.Receives(), direction.Sends());

    public static SdpDirection Of(bool sends, bool receives) =>
        sends ? receives ? SdpDirection.SendRecv : SdpDirection.SendOnly : receives ? SdpDirection.RecvOnly : SdpDirection.Inactive;

    /// <summary>What an answerer may say that wants <paramref name="wish"/> (RFC 3264 §6.1).</summary>
    public static SdpDirection Answer(SdpDirection offered, SdpDirection wish)
    {
        var mirrored = offered.Reverse();
        return Of(mirrored.Sends() && wish.Sends(), mirrored.Receives() && wish.Receives());
    }
}
