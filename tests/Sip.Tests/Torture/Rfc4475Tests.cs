using System.Runtime.CompilerServices;
using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Tests.Torture;

/// <summary>The 49 messages of RFC 4475, byte for byte, through the parser and the stack.</summary>
public class Rfc4475Tests
{
    public static TheoryData<string, string> Messages => new(Rfc4475Outcomes.Rows.Select(row => (row.Value.Section, row.Key)));

    [Theory]
    [MemberData(nameof(Messages))]
    public void Torture_message_gets_the_outcome_that_its_section_asks_for(string section, string name)
    {
        var row = Rfc4475Outcomes.Rows[name];
        var outcome = new TortureServer().Take(Load(name));
        Assert.True(row.Outcome == outcome, $"§{section} {name}: {outcome} instead of {row.Outcome}. {row.Asked}");
    }

    [Fact]
    public void All_forty_nine_are_there()
    {
        Assert.Equal(49, Rfc4475Outcomes.Rows.Count);
        Assert.Equal(Rfc4475Outcomes.Rows.Keys.Order(), Directory.GetFiles(Folder()).Select(Path.GetFileNameWithoutExtension).Order());
    }

    [Fact]
    public void Every_answer_is_a_response_that_we_would_take_ourselves_but_for_what_it_had_to_copy()
    {
        foreach (var name in Rfc4475Outcomes.Rows.Keys)
        {
            var server = new TortureServer();
            server.Take(Load(name));
            if (server.Answer.Length > 0 && !SipMessage.TryParse(Encoding.UTF8.GetBytes(server.Answer), out _, out var error))
                Assert.True(error.Header is HeaderName.Via or HeaderName.CSeq or HeaderName.From or HeaderName.To or HeaderName.CallId, $"{name}: {error}\n{server.Answer}");
        }
    }

    [Theory]
    [InlineData("intmeth", "\r\nAllow: INVITE, ACK")]
    [InlineData("bext01", "\r\nUnsupported: nothingSupportsThis")]
    [InlineData("invut", "\r\nAccept: application/sdp\r\n")]
    [InlineData("sdp01", "\r\nWarning: 399 ")]
    [InlineData("cparam01", "\r\nContact: <sip:+19725552222@gw1.example.net>;")]
    [InlineData("cparam02", "\r\nContact: <sip:+19725552222@gw1.example.net;unknownparam>;")]
    [InlineData("regescrt", "\r\nContact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>;")]
    public void The_answer_says_what_the_section_wants_said(string name, string said)
    {
        var server = new TortureServer();
        server.Take(Load(name));
        Assert.Contains(said, server.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Section_3_1_1_1_every_strange_spelling_means_what_the_plain_one_does()
    {
        var message = Parse("wsinv");
        Assert.Equal(("1918181833n", "98asjd8", 68, 9u), (Text(message.ToTag), Text(message.FromTag), message.MaxForwards!.Value, message.CSeqNumber));
        Assert.Equal("J Rosenberg \\\"", message.From.DisplayName);
        Assert.Equal(3, message.Headers(HeaderName.Via).Count());
        Assert.True(message.TryGetContact(out var contact));
        Assert.Equal(330, contact.QThousandths);
        Assert.Equal(";;,,;;,;", Text(message.Headers("UnknownHeaderWithUnusualValue"u8).First));
    }

    [Fact]
    public void Section_3_1_1_3_escapes_are_resolved_once()
    {
        var message = Parse("esc01");
        Assert.True(message.TryGetRequestUri(out var uri));
        Assert.Equal("sips:user@example.com", uri.UserText);
        Assert.True(message.TryGetContact(out var contact));
        Assert.True(contact.TryGetUri(out var target));
        Assert.True(target.Parameters.TryGet("name"u8, out var value));
        Assert.Equal("value%41", UriEscaping.Decode(value));
    }

    [Fact]
    public void Section_3_1_1_4_an_escaped_nul_keeps_two_contacts_apart()
    {
        var server = new TortureServer();
        server.Take(Load("escnull"));
        Assert.Equal(2, server.Bindings.Count);
        Assert.True(Parse("escnull").To.TryGetUri(out var to));
        Assert.Equal("null-%00-null", to.UserText);
    }

    [Fact]
    public void Section_3_1_1_5_an_escaped_name_is_another_header() => Assert.Equal(2, Parse("esc02").Headers(HeaderName.Contact).Count());

    [Fact]
    public void Section_3_1_1_8_the_second_request_is_not_part_of_the_first() => Assert.True(Parse("dblreq").Body.IsEmpty);

    [Fact]
    public void Section_3_1_1_9_the_user_part_keeps_its_semicolon()
    {
        Assert.True(Parse("semiuri").TryGetRequestUri(out var uri));
        Assert.Equal("user;par=u@example.net", uri.UserText);
        Assert.True(uri.Parameters.IsEmpty);
    }

    [Fact]
    public void Section_3_4_1_a_call_without_contact_is_talked_to_where_it_says_it_is_from()
    {
        var server = new TortureServer();
        server.Take(Load("inv2543"));
        Assert.Equal("sip:+13035551111@ift.client.example.net;user=phone", Text(server.Session!.Dialog!.RemoteTarget));
    }

    [Fact]
    public void Every_truncation_of_every_message_is_an_answer_or_a_drop()
    {
        foreach (var file in Directory.GetFiles(Folder()))
        {
            var bytes = File.ReadAllBytes(file);
            for (var length = 0; length < bytes.Length; length++)
            {
                if (!SipMessage.TryParse(bytes.AsMemory(0, length), out var message, out var error))
                    Assert.True(message is null || error.Status is >= 400 and < 700);
            }
        }
    }

    /// <summary>As far as it was understood.</summary>
    private static SipMessage Parse(string name)
    {
        _ = SipMessage.TryParse(Load(name), out var message, out _);
        return Assert.IsType<SipMessage>(message);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static byte[] Load(string name) => File.ReadAllBytes(Path.Combine(Folder(), name + ".dat"));

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "rfc4475");
}
