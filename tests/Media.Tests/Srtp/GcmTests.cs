using Webphone.Media.Rtp;
using Webphone.Media.Srtp;

namespace Webphone.Media.Tests.Srtp;

public class GcmTests
{
    // RFC 7714 section 16: the session key, salt and packet are given, so the cipher is tried below the key derivation.
    private const string Header = "8040F17B8041F8D35501A0B2";
    private const string Payload = "47616C6C696120657374206F6D6E69732064697669736120696E207061727465732074726573";
    private const string Nonce = "51753C6580C2726F20718414";

    [Theory]
    [InlineData(
        "000102030405060708090A0B0C0D0E0F",
        "F24DE3A3FB34DE6CACBA861C9D7E4BCABE633BD50D294E6F42A5F47A51C7D19B36DE3ADF8833899D7F27BEB16A9152CF765EE4390CCE")]
    [InlineData(
        "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
        "32B1DE78A822FE12EF9F78FA332E33AAB18012389A58E2F3B50B2A0276FFAE0F1BA63799B87B7AA3DB36DFFFD6B0F9BB7878D7A76C13")]
    public void Rtp_is_sealed_and_opened_as_RFC_7714_16_shows(string key, string expected)
    {
        foreach (var cipher in Ciphers(Convert.FromHexString(key)))
        {
            using var _ = cipher;
            var data = Convert.FromHexString(Payload);
            var tag = new byte[GcmCipher.TagSize];
            cipher.Seal(Convert.FromHexString(Nonce), Convert.FromHexString(Header), data, tag);
            Assert.Equal(expected, Convert.ToHexString([.. data, .. tag]));
            Assert.True(cipher.TryOpen(Convert.FromHexString(Nonce), Convert.FromHexString(Header), data, tag));
            Assert.Equal(Payload, Convert.ToHexString(data));
            tag[0] ^= 1;
            Assert.False(cipher.TryOpen(Convert.FromHexString(Nonce), Convert.FromHexString(Header), data, tag));
        }
    }

    [Fact]
    public void Every_length_is_sealed_as_the_platform_seals_it_and_opens_again()
    {
        var random = new Random(11);
        foreach (var size in (int[])[16, 32])
        {
            var key = new byte[size];
            random.NextBytes(key);
            using var platform = new System.Security.Cryptography.AesGcm(key, GcmCipher.TagSize);
            foreach (var cipher in Ciphers(key))
            {
                using var _ = cipher;
                for (var length = 0; length <= 300; length++)
                {
                    byte[] nonce = new byte[12], associated = new byte[random.Next(0, 40)], clear = new byte[length], expected = new byte[length], expectedTag = new byte[16], tag = new byte[16];
                    random.NextBytes(nonce);
                    random.NextBytes(associated);
                    random.NextBytes(clear);
                    platform.Encrypt(nonce, clear, expected, expectedTag, associated);
                    var data = clear.ToArray();
                    cipher.Seal(nonce, associated, data, tag);
                    Assert.Equal((Convert.ToHexString(expected), Convert.ToHexString(expectedTag)), (Convert.ToHexString(data), Convert.ToHexString(tag)));
                    Assert.True(cipher.TryOpen(nonce, associated, data, tag));
                    Assert.Equal(clear, data);
                    expectedTag[random.Next(16)] ^= (byte)(1 << random.Next(8));
                    Assert.False(cipher.TryOpen(nonce, associated, expected, expectedTag));
                }
            }
        }
    }

    [Fact]
    public void The_key_stream_of_256_bits_is_what_the_block_cipher_gives()
    {
        foreach (var useProcessor in (bool[])[true, false])
        {
            using var counter = new AesCounter(Convert.FromHexString("57F82FE3613FD170A85EC93CB1F0922EC4CB0DC025B58272147CC438944A98FC"), useProcessor);
            var stream = new byte[32];
            counter.Apply(Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"), stream);
            using var aes = System.Security.Cryptography.Aes.Create();
            aes.Key = Convert.FromHexString("57F82FE3613FD170A85EC93CB1F0922EC4CB0DC025B58272147CC438944A98FC");
            var expected = aes.EncryptEcb(Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000F0F1F2F3F4F5F6F7F8F9FAFBFCFD0001"), System.Security.Cryptography.PaddingMode.None);
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(stream));
        }
    }

    /// <summary>Every way that this machine has.</summary>
    private static IEnumerable<GcmCipher> Ciphers(byte[] key)
    {
        if (ProcessorGcm.IsSupported)
            yield return new ProcessorGcm(key);
        yield return new OpenSslGcm(key);
        yield return new PlatformGcm(key);
    }

    [Fact]
    public void Ten_thousand_wrong_tags_are_refused_without_a_byte_allocated()
    {
        foreach (var profile in Enum.GetValues<SrtpProfile>())
        {
            var key = new SrtpMasterKey(profile, new byte[SrtpMasterKey.Size(profile)]);
            using var receiver = new SrtpReceiver(key);
            var packet = new byte[12 + 160 + 16];
            new RtpHeader(0, false, 1, 0, 5).Write(packet);
            var accepted = 0;
            var allocated = Allocation.OfQuietestRound(() =>
            {
                for (var i = 0; i < 10_000; i++)
                    accepted += receiver.UnprotectRtp(packet, out _) == SrtpResult.BadTag ? 0 : 1;
            });
            Assert.Equal((0, 0L), (accepted, allocated));
        }
    }
}
