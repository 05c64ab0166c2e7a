using System.Text;
using Webphone.Sip.Messages;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>What the body of a message is.</summary>
internal static class BodyTypes
{
    public const string Sdp = "application/sdp";

    /// <summary>Also without Content-Type, since old phones forget it and nothing else makes sense in a call.</summary>
    public static bool IsSdp(SipMessage message)
    {
        var type = message.ContentType;
        var end = type.IndexOf((byte)';');
        var bare = (end < 0 ? type : type[..end]).Trim(" \t"u8);
        return bare.IsEmpty || Ascii.EqualsIgnoreCase(bare, "application/sdp"u8);
    }
}
