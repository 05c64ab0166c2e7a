using System.Net;
using System.Text;
using Webphone.Sip.Locating;
using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Tests.Locating;

public sealed class SipLocatorTests
{
    private static readonly SipTransport[] All = [SipTransport.Udp, SipTransport.Tcp, SipTransport.Tls];

    [Theory]
    [InlineData("sip:192.0.2.1", "Udp 192.0.2.1:5060")]
    [InlineData("sip:192.0.2.1:5070;transport=tcp", "Tcp 192.0.2.1:5070")]
    [InlineData("sips:192.0.2.1", "Tls 192.0.2.1:5061")]
    [InlineData("sip:[2001:db8::1]", "Udp [2001:db8::1]:5060")]
    [InlineData("sip:a.example;maddr=192.0.2.9", "Udp 192.0.2.9:5060")]
    public void A_literal_needs_no_question(string uri, string target) => Assert.Equal([target], Resolve(uri, []));

    [Fact]
    public void A_name_with_a_port_is_looked_up_as_an_address() =>
        Assert.Equal(["Udp 192.0.2.1:5070", "Udp 192.0.2.2:5070"], Resolve("sip:a.example:5070", new() { ["Address a.example"] = Addresses("192.0.2.1", "192.0.2.2") }));

    [Fact]
    public void Naptr_chooses_the_transport_and_srv_the_order() => Assert.Equal(
        ["Tcp 192.0.2.1:5060", "Tcp 192.0.2.2:5062", "Udp 192.0.2.1:5060"],
        Resolve("sip:a.example", new()
        {
            ["Naptr a.example"] = LocatorAnswer.Of(new NaptrRecord(20, 1, "s", "SIP+D2U", "u.a.example"), new NaptrRecord(10, 1, "S", "SIP+D2T", "t.a.example.")),
            ["Srv t.a.example"] = LocatorAnswer.Of(new SrvRecord(2, 0, 5062, "two.example."), new SrvRecord(1, 0, 5060, "one.example")),
            ["Srv u.a.example"] = LocatorAnswer.Of(new SrvRecord(1, 0, 5060, "one.example")),
            ["Address one.example"] = Addresses("192.0.2.1"),
            ["Address two.example"] = Addresses("192.0.2.2"),
        }));

    [Fact]
    public void Without_naptr_and_srv_the_name_itself_is_asked() =>
        Assert.Equal(["Udp 192.0.2.1:5060"], Resolve("sip:a.example", new() { ["Address a.example"] = Addresses("192.0.2.1") }));

    [Theory]
    [InlineData("sip:a.example;transport=udp", "Udp 192.0.2.1:5060")]
    [InlineData("sip:a.example;transport=tcp", "Tcp 192.0.2.1:5060")]
    [InlineData("sip:a.example;transport=tls", "Tls 192.0.2.1:5061")]
    [InlineData("sips:a.example;transport=tcp", "Tls 192.0.2.1:5061")]
    public void Without_srv_the_name_itself_is_asked_and_the_named_transport_kept(string uri, string target) =>
        Assert.Equal([target], Resolve(uri, new() { ["Address a.example"] = Addresses("192.0.2.1") }));

    [Fact]
    public void A_transport_that_we_have_not_is_not_taken_for_another() =>
        Assert.Empty(Resolve("sip:a.example;transport=ws", new() { ["Address a.example"] = Addresses("192.0.2.1") }));

    [Fact]
    public void A_sips_uri_never_goes_by_anything_but_tls() => Assert.Equal(
        ["Tls 192.0.2.1:5061"],
        Resolve("sips:a.example", new()
        {
            ["Naptr a.example"] = LocatorAnswer.Of(new NaptrRecord(10, 1, "s", "SIP+D2U", "u.a.example")),
            ["Address a.example"] = Addresses("192.0.2.1"),
        }));

    [Fact]
    public void A_service_that_is_decidedly_not_there_gives_nothing() =>
        Assert.Empty(Resolve("sip:a.example;transport=tcp", new() { ["Srv _sip._tcp.a.example"] = LocatorAnswer.Of(new SrvRecord(0, 0, 0, ".")) }));

    [Fact]
    public void Weights_share_the_load()
    {
        var random = new Random(3);
        var first = 0;
        for (var i = 0; i < 2000; i++)
        {
            var targets = Resolve("sip:a.example;transport=udp", new()
            {
                ["Srv _sip._udp.a.example"] = LocatorAnswer.Of(new SrvRecord(1, 75, 5060, "192.0.2.1"), new SrvRecord(1, 25, 5060, "192.0.2.2")),
            }, random);
            Assert.Equal(2, targets.Count);
            first += targets[0].Contains("192.0.2.1", StringComparison.Ordinal) ? 1 : 0;
        }
        Assert.InRange(first, 1400, 1600);
    }

    [Fact]
    public void A_flood_of_records_is_bounded() => Assert.Equal(
        SipLocator.MaxRecords,
        Resolve("sip:a.example:5060", new() { ["Address a.example"] = Addresses([.. Enumerable.Range(1, 200).Select(i => $"192.0.2.{i}")]) }).Count);

    private static LocatorAnswer Addresses(params string[] addresses) => LocatorAnswer.Of([.. addresses.Select(IPAddress.Parse)]);

    private static List<string> Resolve(string text, Dictionary<string, LocatorAnswer> dns, Random? random = null)
    {
        Assert.True(SipUri.TryParse(Encoding.ASCII.GetBytes(text), out var uri, out _));
        var locator = new SipLocator(uri, All, bound => random?.Next(bound) ?? 0);
        for (var i = 0; i < 100 && locator.Question is { } question; i++)
            locator.Answer(dns.GetValueOrDefault($"{question.Kind} {question.Name}", LocatorAnswer.None));
        Assert.True(locator.IsDone);
        return [.. locator.Targets.Select(t => $"{t.Transport} {t.EndPoint}")];
    }
}
