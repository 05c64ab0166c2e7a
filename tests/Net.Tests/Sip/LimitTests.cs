using System.Net;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Limits;

namespace Webphone.Net.Tests.Sip;

public sealed class LimitTests
{
    private static readonly SourceAddress One = SourceAddress.From(IPAddress.Parse("192.0.2.1"));
    private static readonly SourceAddress Two = SourceAddress.From(IPAddress.Parse("192.0.2.2"));

    [Fact]
    public void The_burst_passes_and_one_more_does_not()
    {
        var rates = new AddressRates(new RateLimit(10, 5, TimeSpan.FromSeconds(2)));
        for (var i = 0; i < 5; i++)
            Assert.True(rates.TryTake(One, 1_000));
        Assert.False(rates.TryTake(One, 1_000));
        Assert.True(rates.TryTake(Two, 1_000));
    }

    [Fact]
    public void The_rate_passes_for_ever()
    {
        var rates = new AddressRates(new RateLimit(10, 5, TimeSpan.FromSeconds(2)));
        for (var nowMs = 0; nowMs < 60_000; nowMs += 100)
            Assert.True(rates.TryTake(One, nowMs));
    }

    [Fact]
    public void Who_floods_stays_out_until_the_penalty_is_over_after_falling_silent()
    {
        var rates = new AddressRates(new RateLimit(10, 5, TimeSpan.FromSeconds(2)));
        var passed = 0;
        for (var nowMs = 0; nowMs < 10_000; nowMs++)
            passed += rates.TryTake(One, nowMs) ? 1 : 0;
        Assert.Equal(5, passed);
        Assert.True(rates.IsInDebt(One, 10_000));
        Assert.False(rates.TryTake(One, 11_900));
        Assert.True(rates.TryTake(One, 14_200));
    }

    [Fact]
    public void A_rate_of_zero_is_no_limit()
    {
        var rates = new AddressRates(new RateLimit(0, 1, TimeSpan.Zero));
        for (var i = 0; i < 1_000; i++)
            Assert.True(rates.TryTake(One, 0));
    }

    [Fact]
    public void A_host_with_a_whole_v6_network_counts_once()
    {
        var rates = new AddressRates(new RateLimit(1, 1, TimeSpan.Zero));
        Assert.True(rates.TryTake(SourceAddress.From(IPAddress.Parse("2001:db8::1")), 0));
        Assert.False(rates.TryTake(SourceAddress.From(IPAddress.Parse("2001:db8::ffff:1")), 0));
        Assert.True(rates.TryTake(SourceAddress.From(IPAddress.Parse("2001:db8:0:1::1")), 0));
    }

    [Fact]
    public void A_million_forged_addresses_take_no_more_memory_than_a_few()
    {
        var rates = new AddressRates(new RateLimit(10, 5, TimeSpan.FromSeconds(2)));
        rates.TryTake(One, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (uint i = 0; i < 1_000_000; i++)
            rates.TryTake(new SourceAddress(((UInt128)0xFFFF << 32) | i), 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.1.2", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("2001:db8::/32", "2001:db8:1::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    public void A_trusted_network_holds_its_addresses(string network, string address, bool expected)
    {
        Assert.True(TrustedNetworks.TryParse([network], out var trusted, out _));
        Assert.Equal(expected, trusted.Contains(SourceAddress.From(IPAddress.Parse(address))));
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/x")]
    [InlineData("::1/129")]
    [InlineData("home")]
    [InlineData("")]
    public void What_is_no_network_is_named(string text)
    {
        Assert.False(TrustedNetworks.TryParse(["127.0.0.1", text], out _, out var wrong));
        Assert.Equal(text, wrong);
    }

    [Fact]
    public void Passwords_and_keys_do_not_show_in_the_trace()
    {
        var shown = WireTrace.Readable("""
            REGISTER sip:a SIP/2.0
            Authorization: Digest username="101", realm="a", nonce="n0nce", response="5ecret", cnonce = "c"
            a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K3yK3y|2^31
            """u8);
        Assert.Contains("username=\"101\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("5ecret", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("n0nce", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("K3yK3y", shown, StringComparison.Ordinal);
        Assert.Equal('\uFFFD', WireTrace.Readable("\u001b[31m"u8)[0]);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_named()
    {
        Assert.Null(new TransportLimits().FindMistake());
        Assert.Contains("MessageBytes", new TransportLimits { MessageBytes = 100 }.FindMistake(), StringComparison.Ordinal);
        Assert.Contains("Messages", new TransportLimits { Messages = new RateLimit(-1, 1, TimeSpan.Zero) }.FindMistake(), StringComparison.Ordinal);
        Assert.Contains("SendQueueBytes", new TransportLimits { SendQueueBytes = 1 }.FindMistake(), StringComparison.Ordinal);
    }
}
