using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Webphone.Net.WebPush;

namespace Webphone.Net.Tests.WebPush;

public class PushEncryptionTests
{
    private const string BrowserKey = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    private const string BrowserSecret = "BTBZMqHH6r4Tts7J_aSIgg";

    /// <summary>RFC 8188 §3.1.</summary>
    [Fact]
    public void One_record_is_sealed_as_in_the_example_of_the_content_coding()
    {
        var sealedBody = Aes128Gcm.Seal("I am the walrus"u8, PushVectors.Bytes("yqdlZ-tYemfogSmv7Ws5PQ"), PushVectors.Bytes("I1BsxtFttlv3u_Oo94xnmw"), []);

        Assert.Equal("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg", Base64Url.EncodeToString(sealedBody));
    }

    /// <summary>RFC 8291 §5 and Appendix A.</summary>
    [Fact]
    public void A_message_is_encrypted_as_in_the_example_of_web_push()
    {
        Assert.True(PushKeys.TryRead(BrowserKey, BrowserSecret, out var keys));
        using var sender = ECDiffieHellman.Create(PushVectors.KeyPair(
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8", "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));

        var body = PushEncryption.Encrypt("When I grow up, I want to be a watermelon"u8, keys!, sender, PushVectors.Bytes("DGv6ra1nlYgDCS1FRnbzlw"));

        Assert.Equal(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
            Base64Url.EncodeToString(body));
    }

    [Fact]
    public void The_longest_message_fills_a_body_that_every_service_takes_and_one_byte_more_is_a_bug()
    {
        Assert.True(PushKeys.TryRead(BrowserKey, BrowserSecret, out var keys));
        using var sender = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var salt = new byte[Aes128Gcm.SaltBytes];

        Assert.Equal(4096, PushEncryption.Encrypt(new byte[PushEncryption.LongestMessage], keys!, sender, salt).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => PushEncryption.Encrypt(new byte[PushEncryption.LongestMessage + 1], keys!, sender, salt));
    }

    [Theory]
    [InlineData("", BrowserSecret)]
    [InlineData(BrowserKey, "")]
    [InlineData(BrowserKey, "BTBZMqHH6r4Tts7J_aSI")]
    [InlineData("ACVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", BrowserSecret)]
    [InlineData("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw5", BrowserSecret)]
    [InlineData("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4AAAA", BrowserSecret)]
    [InlineData("not base64 at all!", BrowserSecret)]
    public void Keys_that_are_none_are_refused(string key, string secret) => Assert.False(PushKeys.TryRead(key, secret, out _));

    [Fact]
    public void Random_text_for_keys_never_throws()
    {
        var random = new Random(8291);
        var buffer = new byte[65];
        for (var i = 0; i < 2_000; i++)
        {
            random.NextBytes(buffer);
            buffer[0] = 4;
            PushKeys.TryRead(Base64Url.EncodeToString(buffer), BrowserSecret, out _);
            PushKeys.TryRead(Encoding.Latin1.GetString(buffer), Encoding.Latin1.GetString(buffer, 0, 22), out _);
        }
    }
}
