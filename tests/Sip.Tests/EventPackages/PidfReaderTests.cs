using System.Text;
using Webphone.Sip.EventPackages;

namespace Webphone.Sip.Tests.EventPackages;

public sealed class PidfReaderTests
{
    private const string Good = """
        <?xml version="1.0" encoding="UTF-8"?>
        <presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" entity="sip:101@a">
          <tuple id="t"><status><basic>open</basic></status><note>At lunch</note></tuple>
          <dm:person id="p"><r:activities><r:lunch/></r:activities></dm:person>
        </presence>
        """;

    [Fact]
    public void What_a_phone_publishes_is_understood() =>
        Assert.Equal(new PresenceStatus(true, PresenceActivity.Meal, "At lunch"), Read(Good));

    [Fact]
    public void What_we_write_we_read()
    {
        foreach (var activity in Enum.GetValues<PresenceActivity>())
        {
            var status = new PresenceStatus(false, activity, "<&\"'> Zoë");
            Assert.Equal(status, Read(Encoding.UTF8.GetString(Pidf.Write("sip:1@a", status).Numbered(0))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("<presence/>")]
    [InlineData("<presence xmlns='urn:ietf:params:xml:ns:pidf'><tuple></presence>")]
    [InlineData("<!DOCTYPE p [<!ENTITY a 'aaaa'>]><presence xmlns='urn:ietf:params:xml:ns:pidf'><note>&a;</note></presence>")]
    [InlineData("<!DOCTYPE p SYSTEM 'file:///etc/passwd'><presence xmlns='urn:ietf:params:xml:ns:pidf'/>")]
    [InlineData("<presence xmlns='urn:ietf:params:xml:ns:pidf'><note>&xxe;</note></presence>")]
    [InlineData("<?xml version='1.0' encoding='no-such'?><presence xmlns='urn:ietf:params:xml:ns:pidf'/>")]
    public void What_is_no_presence_document_is_refused(string document) => Assert.False(PidfReader.TryRead(Encoding.UTF8.GetBytes(document), out _));

    [Fact]
    public void Documents_that_are_too_long_too_deep_or_too_many_are_refused()
    {
        static string Wrap(string content) => $"<presence xmlns='urn:ietf:params:xml:ns:pidf'>{content}</presence>";
        Assert.False(PidfReader.TryRead(Encoding.UTF8.GetBytes(Wrap(new string(' ', PidfReader.LongestDocument))), out _));
        Assert.False(PidfReader.TryRead(Encoding.UTF8.GetBytes(Wrap(string.Concat(Enumerable.Repeat("<a>", 20)) + string.Concat(Enumerable.Repeat("</a>", 20)))), out _));
        Assert.False(PidfReader.TryRead(Encoding.UTF8.GetBytes(Wrap(string.Concat(Enumerable.Repeat("<a/>", 300)))), out _));
        Assert.True(PidfReader.TryRead(Encoding.UTF8.GetBytes(Wrap(string.Concat(Enumerable.Repeat("<a/>", 256)))), out _));
    }

    [Fact]
    public void A_note_is_cut_at_its_bound_and_never_within_a_character()
    {
        var note = new string('a', PidfReader.LongestNote - 1) + "🙂";
        Assert.Equal(new string('a', PidfReader.LongestNote - 1), Read($"<presence xmlns='urn:ietf:params:xml:ns:pidf'><note>{note}</note></presence>").Note);
    }

    [Fact]
    public void Whatever_bytes_come_nothing_is_thrown()
    {
        var random = new Random(3);
        var good = Encoding.UTF8.GetBytes(Good);
        for (var length = 0; length < good.Length; length++)
            PidfReader.TryRead(good.AsMemory(0, length), out _);
        for (var run = 0; run < 20_000; run++)
        {
            var bytes = good.ToArray();
            for (var i = random.Next(1, 6); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            PidfReader.TryRead(bytes, out _);
        }
    }

    private static PresenceStatus Read(string document)
    {
        Assert.True(PidfReader.TryRead(Encoding.UTF8.GetBytes(document), out var status));
        return status;
    }
}
