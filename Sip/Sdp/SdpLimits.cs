namespace Webphone.Sip.Sdp;

/// <summary>What we take at most; each has a test at and over it.</summary>
public static class SdpLimits
{
    public const int Bytes = 32_768;
    public const int Lines = 512;
    public const int Media = 16;
    public const int Formats = 64;
}
