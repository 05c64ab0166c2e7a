using System.Net;
using System.Text;
using Webphone.Media.Endpoints;
using Webphone.Media.Stun;

namespace Webphone.Media.Tests.Stun;

public class StunMessageTests
{
    private static readonly byte[] Password = Encoding.ASCII.GetBytes("VOkJxbRl1RmTxUk/WvJxBt");

    // RFC 5769 section 2.1.
    private static readonly byte[] Request = Convert.FromHexString(
        "000100582112A442B7E7A701BC34D686FA87DFAE802200105354554E207465737420636C69656E74002400046E0001FF80290008932FF9B151263B36"
        + "000600096576746A3A68367659202020000800149AEAA70CBFD8CB56781EF2B5B2D3F249C1B571A280280004E57A3BCF");

    // RFC 5769 section 2.2.
    private static readonly byte[] ResponseIPv4 = Convert.FromHexString(
        "0101003C2112A442B7E7A701BC34D686FA87DFAE8022000B7465737420766563746F7220002000080001A147E112A643000800142B91F599FD9E90C3"
        + "8C7489F92AF9BA53F06BE7D780280004C07D4C96");

    // RFC 5769 section 2.3.
    private static readonly byte[] ResponseIPv6 = Convert.FromHexString(
        "010100482112A442B7E7A701BC34D686FA87DFAE8022000B7465737420766563746F7220002000140002A1470113A9FAA5D3F179BC25F4B5BED2B9D9"
        + "00080014A382954E4BE67BF11784C97C8292C275BFE3ED4180280004C8FB0B4C");

    [Fact]
    public void The_request_of_RFC_5769_is_read_and_its_integrity_holds()
    {
        Assert.True(StunMessage.TryParse(Request, out var message, out _));
        Assert.Equal(StunType.BindingRequest, message.Type);
        Assert.Equal("evtj:h6vY", Encoding.ASCII.GetString(message.Username));
        Assert.Equal(0x6E0001FFu, message.Priority);
        Assert.Equal(0x932FF9B151263B36u, message.IceControlled);
        Assert.True(message.HasFingerprint);
        Assert.True(message.IsFrom(Password));
        Assert.False(message.IsFrom("another"u8));
        Assert.Equal(0, message.FirstUnknown);
    }

    [Fact]
    public void The_responses_of_RFC_5769_name_the_mapped_address()
    {
        Assert.True(StunMessage.TryParse(ResponseIPv4, out var first, out _));
        Assert.True(first.IsFrom(Password));
        Assert.Equal(TransportAddress.From(IPEndPoint.Parse("192.0.2.1:32853")), first.MappedAddress);
        Assert.True(StunMessage.TryParse(ResponseIPv6, out var second, out _));
        Assert.True(second.IsFrom(Password));
        Assert.Equal(TransportAddress.From(IPEndPoint.Parse("[2001:db8:1234:5678:11:2233:4455:6677]:32853")), second.MappedAddress);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var buffer = new byte[StunWriter.MaxSize];
        var writer = new StunWriter(buffer, StunType.BindingRequest, Request.AsSpan(8, 12));
        writer.Add(StunAttribute.Username, "abcd:efgh"u8);
        writer.Add(StunAttribute.Priority, 77u);
        writer.Add(StunAttribute.IceControlling, 99ul);
        writer.Add(StunAttribute.UseCandidate, []);
        writer.AddMappedAddress(TransportAddress.From(IPEndPoint.Parse("[::1]:9")));
        writer.AddIntegrity(Password);
        writer.AddFingerprint();
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        Assert.True(message.IsFrom(Password));
        Assert.True(message.UseCandidate && message.HasFingerprint);
        Assert.Equal((77u, 99ul), (message.Priority, message.IceControlling));
        Assert.Equal(TransportAddress.From(IPEndPoint.Parse("[::1]:9")), message.MappedAddress);
    }

    [Fact]
    public void A_message_cut_anywhere_is_refused()
    {
        for (var i = 0; i < Request.Length; i++)
        {
            Assert.False(StunMessage.TryParse(Request.AsSpan(0, i), out _, out var error));
            Assert.Equal(StunError.CutShort, error);
        }
    }

    [Fact]
    public void No_changed_bit_keeps_fingerprint_and_integrity()
    {
        for (var i = 0; i < Request.Length * 8; i++)
        {
            var changed = (byte[])Request.Clone();
            changed[i / 8] ^= (byte)(1 << (i % 8));
            Assert.False(StunMessage.TryParse(changed, out var message, out _) && message.HasFingerprint && message.IsFrom(Password));
        }
    }

    [Theory]
    [InlineData(StunMessage.MaxAttributes, StunError.None)]
    [InlineData(StunMessage.MaxAttributes + 1, StunError.TooManyAttributes)]
    public void Attributes_are_counted(int attributes, StunError expected)
    {
        var buffer = new byte[StunWriter.MaxSize];
        var writer = new StunWriter(buffer, StunType.BindingRequest, new byte[12]);
        for (var i = 0; i < attributes; i++)
            writer.Add(StunAttribute.Software, []);
        Assert.Equal(expected == StunError.None, StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out _, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData(StunMessage.MaxUsername, StunError.None)]
    [InlineData(StunMessage.MaxUsername + 1, StunError.BadAttribute)]
    public void A_user_name_has_a_longest(int length, StunError expected)
    {
        var buffer = new byte[StunWriter.MaxSize];
        var writer = new StunWriter(buffer, StunType.BindingRequest, new byte[12]);
        writer.Add(StunAttribute.Username, new byte[length]);
        Assert.Equal(expected == StunError.None, StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void An_unknown_attribute_that_must_be_understood_is_told()
    {
        var buffer = new byte[StunWriter.MaxSize];
        var writer = new StunWriter(buffer, StunType.BindingRequest, new byte[12]);
        writer.Add((StunAttribute)0x8FFF, [1]);
        writer.Add((StunAttribute)0x7ABC, [1]);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        Assert.Equal(0x7ABC, message.FirstUnknown);
    }

    [Fact]
    public void Random_and_mutated_messages_are_refused_or_read_and_never_throw()
    {
        var random = new Random(4711);
        byte[][] corpus = [Request, ResponseIPv4, ResponseIPv6];
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = (byte[])corpus[i % corpus.Length].Clone();
            for (var n = random.Next(1, 6); n > 0; n--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            if (bytes.Length > 4 && random.Next(2) == 0)
                (bytes[2], bytes[3]) = (0, (byte)(bytes.Length - 20));
            if (!StunMessage.TryParse(bytes, out var message, out var error))
            {
                Assert.NotEqual(StunError.None, error);
                continue;
            }
            _ = message.Username.Length + message.TransactionId.Length;
            message.IsFrom(Password);
        }
    }
}
