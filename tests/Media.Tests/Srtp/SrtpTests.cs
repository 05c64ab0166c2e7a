using Webphone.Media.Rtp;
using Webphone.Media.Srtp;

namespace Webphone.Media.Tests.Srtp;

public class SrtpTests
{
    private static readonly byte[] MasterKey = Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139");
    private static readonly byte[] MasterSalt = Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6");

    [Fact]
    public void Key_derivation_gives_the_vectors_of_RFC_3711_B_3()
    {
        var master = new SrtpMasterKey(SrtpProfile.AesCm128HmacSha1Tag80, [.. MasterKey, .. MasterSalt]);
        var key = new byte[16];
        var salt = new byte[14];
        var authentication = new byte[94];
        SrtpCipher.Derive(master, 0, key);
        SrtpCipher.Derive(master, 2, salt);
        SrtpCipher.Derive(master, 1, authentication);
        Assert.Equal("C61E7A93744F39EE10734AFE3FF7A087", Convert.ToHexString(key));
        Assert.Equal("30CBBC08863D8C85D49DB34A9AE1", Convert.ToHexString(salt));
        Assert.StartsWith("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4", Convert.ToHexString(authentication));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_key_stream_gives_the_vectors_of_RFC_3711_B_2(bool useProcessor)
    {
        using var counter = new AesCounter(Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"), useProcessor);
        var stream = new byte[48];
        counter.Apply(Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"), stream);
        Assert.Equal("E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0", Convert.ToHexString(stream));
    }

    [Theory]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, 10)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag32, 4)]
    [InlineData(SrtpProfile.AeadAes128Gcm, 16)]
    [InlineData(SrtpProfile.AeadAes256Gcm, 16)]
    public void Packets_survive_loss_reordering_and_roll_over_and_are_taken_once(SrtpProfile profile, int tag)
    {
        using var sender = new SrtpSender(Key(profile));
        using var receiver = new SrtpReceiver(Key(profile));
        var order = Enumerable.Range(65500, 200).Where(i => i % 7 != 0).Chunk(3).SelectMany(chunk => chunk.Reverse()).ToArray();
        var packets = new Dictionary<int, byte[]>();
        for (var i = 65500; i < 65700; i++)
            packets[i] = Protect(sender, (ushort)i, tag);
        foreach (var i in order)
        {
            var copy = (byte[])packets[i].Clone();
            Assert.Equal(SrtpResult.Accepted, receiver.UnprotectRtp(copy, out var length));
            Assert.Equal(12 + 160, length);
            Assert.All(copy[12..length], value => Assert.Equal((byte)i, value));
            Assert.Equal(SrtpResult.Replayed, receiver.UnprotectRtp((byte[])packets[i].Clone(), out _));
        }
    }

    [Theory]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    public void A_packet_with_any_bit_changed_or_cut_is_refused(SrtpProfile profile)
    {
        using var sender = new SrtpSender(Key(profile));
        using var receiver = new SrtpReceiver(Key(profile));
        var packet = Protect(sender, 1, profile.TagSize());
        for (var i = 1; i < packet.Length; i++)
        {
            var changed = (byte[])packet.Clone();
            changed[i] ^= 1;
            Assert.NotEqual(SrtpResult.Accepted, receiver.UnprotectRtp(changed, out _));
            Assert.NotEqual(SrtpResult.Accepted, receiver.UnprotectRtp(packet.AsSpan(0, i).ToArray(), out _));
        }
        Assert.Equal(SrtpResult.Accepted, receiver.UnprotectRtp(packet, out _));
    }

    [Theory]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag32)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    public void Rtcp_is_protected_and_taken_once(SrtpProfile profile)
    {
        using var sender = new SrtpSender(Key(profile));
        using var receiver = new SrtpReceiver(Key(profile));
        var buffer = new byte[100];
        byte[] clear = [0x80, 201, 0, 1, 0, 0, 0, 9];
        clear.CopyTo(buffer, 0);
        var packet = buffer[..sender.ProtectRtcp(buffer, 8)];
        Assert.Equal(SrtpResult.Accepted, receiver.UnprotectRtcp((byte[])packet.Clone(), out var length));
        Assert.Equal(8, length);
        Assert.Equal(SrtpResult.Replayed, receiver.UnprotectRtcp((byte[])packet.Clone(), out _));
        packet[9] ^= 4;
        Assert.NotEqual(SrtpResult.Accepted, receiver.UnprotectRtcp(packet, out _));
    }

    [Fact]
    public void Protecting_and_checking_allocates_nothing()
    {
        foreach (var profile in Enum.GetValues<SrtpProfile>())
        {
            using var sender = new SrtpSender(Key(profile));
            using var receiver = new SrtpReceiver(Key(profile));
            var buffer = new byte[400];
            ushort sequence = 0;
            var refused = 0;
            var allocated = Allocation.OfQuietestRound(() =>
            {
                for (var i = 0; i < 1000; i++)
                {
                    new RtpHeader(0, false, sequence++, 0, 5).Write(buffer);
                    var length = sender.ProtectRtp(buffer, 172);
                    refused += receiver.UnprotectRtp(buffer.AsSpan(0, length), out _) == SrtpResult.Accepted ? 0 : 1;
                }
            });
            Assert.Equal((0, 0L), (refused, allocated));
        }
    }

    [Theory]
    [InlineData("inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz", SdesError.None)]
    [InlineData("inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20", SdesError.None)]
    [InlineData("inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4", SdesError.UnsupportedMki)]
    [InlineData("inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|x", SdesError.BadLifetime)]
    [InlineData("inline:WVNfX19z", SdesError.WrongLength)]
    [InlineData("inline:***", SdesError.BadBase64)]
    [InlineData("uri:x", SdesError.UnknownMethod)]
    public void Inline_keys_are_read_as_RFC_4568_writes_them(string parameter, SdesError expected)
    {
        Assert.Equal(expected == SdesError.None, SrtpMasterKey.TryParse(SrtpProfile.AesCm128HmacSha1Tag80, parameter, out var key, out var error));
        Assert.Equal(expected, error);
        if (key is not null)
            Assert.StartsWith(key.ToInline(), parameter);
    }

    private static SrtpMasterKey Key(SrtpProfile profile) =>
        new(profile, [.. profile.KeySize() == 32 ? MasterKey : [], .. MasterKey, .. MasterSalt.AsSpan(0, profile.SaltSize())]);

    private static byte[] Protect(SrtpSender sender, ushort sequence, int tag)
    {
        var buffer = new byte[12 + 160 + SrtpProfiles.MaxOverhead];
        new RtpHeader(0, false, sequence, 0, 42).Write(buffer);
        buffer.AsSpan(12, 160).Fill((byte)sequence);
        var length = sender.ProtectRtp(buffer, 172);
        Assert.Equal(172 + tag, length);
        return buffer[..length];
    }
}
