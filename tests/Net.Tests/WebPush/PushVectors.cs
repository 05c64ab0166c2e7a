using System.Buffers.Text;
using System.Security.Cryptography;

namespace Webphone.Net.Tests.WebPush;

/// <summary>Keys as the RFCs write them.</summary>
internal static class PushVectors
{
    public static byte[] Bytes(string base64Url) => Base64Url.DecodeFromChars(base64Url);

    public static ECParameters KeyPair(string publicKey, string privateKey) => PublicKey(publicKey) with { D = Bytes(privateKey) };

    public static ECParameters PublicKey(string publicKey)
    {
        var point = Bytes(publicKey);
        return new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..] } };
    }
}
