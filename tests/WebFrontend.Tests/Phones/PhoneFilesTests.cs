using System.Text;
using System.Xml;
using System.Xml.Linq;
using Webphone.Grains.Phones;
using Webphone.WebFrontend.Phones;

namespace Webphone.WebFrontend.Tests.Phones;

/// <summary>The files of five makers, by the names and forms that they are known to take; no manual and no phone has confirmed them yet.</summary>
public sealed class PhoneFilesTests
{
    private const string Mac = "001565000001";
    private const string Secret = "p<a>s&s\"w'or]]>d";
    private static readonly PhoneKey[] Keys =
    [
        new(PhoneKeyType.Blf, "102", "Ann & Bob"), new(PhoneKeyType.Park, "701", "Park <1>"), new(PhoneKeyType.Conference, "*38", "Conference"),
        new(PhoneKeyType.DoNotDisturb, "*76", "Quiet"), new(PhoneKeyType.SpeedDial, "0301234", "Taxi; Berlin"), new(PhoneKeyType.Blf, "103", "Zoë 🙂"), new(PhoneKeyType.Blf, "104", "104"),
    ];

    [Trait("Feature", "SID-02")]
    [Fact]
    public void Yealink_gets_lines_of_name_and_value()
    {
        var lines = Text(Find($"{Mac}.cfg")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("#!version:1.0.0.1", lines[0]);
        Assert.All(lines.Skip(1), line => Assert.Matches("^[a-z][a-z0-9_.]* = .*$", line));
        var values = lines.Skip(1).ToDictionary(line => line.Split(" = ")[0], line => line[(line.IndexOf(" = ", StringComparison.Ordinal) + 3)..]);
        Assert.Equal(("101", "101", Secret), (values["account.1.user_name"], values["account.1.auth_name"], values["account.1.password"]));
        Assert.Equal(("acme.example", "2"), (values["account.1.sip_server.1.address"], values["account.1.sip_server.1.transport_type"]));
        Assert.Equal(("pbx.acme.example", "5061"), (values["account.1.outbound_proxy.1.address"], values["account.1.outbound_proxy.1.port"]));
        Assert.Equal(("16", "1", "102", "Ann & Bob", "**"), (values["linekey.2.type"], values["linekey.2.line"], values["linekey.2.value"], values["linekey.2.label"], values["linekey.2.extension"]));
        Assert.Equal(("16", "701"), (values["linekey.3.type"], values["linekey.3.value"]));
        Assert.Equal(("16", "*38"), (values["linekey.4.type"], values["linekey.4.value"]));
        Assert.Equal(("16", "*76"), (values["linekey.5.type"], values["linekey.5.value"]));
        Assert.Equal(("13", "0301234"), (values["linekey.6.type"], values["linekey.6.value"]));
        Assert.Equal(("ntp.acme.example", "+1", "1"), (values["local_time.ntp_server1"], values["local_time.time_zone"], values["local_time.summer_time"]));
        Assert.Equal(("3/5/7/2", "10/5/7/3", "60"), (values["local_time.start_time"], values["local_time.end_time"], values["local_time.offset_time"]));
        Assert.Equal("*97", values["voice_mail.number.1"]);
    }

    [Trait("Feature", "SID-02")]
    [Theory]
    [InlineData("snomD785-001565000001.htm")]
    [InlineData("001565000001.htm")]
    public void Snom_gets_settings_and_function_keys(string name)
    {
        var settings = Xml(Find(name));
        Assert.Equal("settings", settings.Name);
        var phone = settings.Element("phone-settings")!;
        Assert.Equal(("101", Secret), (phone.Element("user_name")!.Value, phone.Element("user_pass")!.Value));
        Assert.Equal("1", (string?)phone.Element("user_host")!.Attribute("idx"));
        Assert.Equal("sip:pbx.acme.example:5061;transport=tls", phone.Element("user_outbound")!.Value);
        Assert.Equal(("3600", "3600 03.05.07 02:00:00 10.05.07 03:00:00"), (phone.Element("utc_offset")!.Value, phone.Element("dst")!.Value));
        var keys = settings.Element("functionKeys")!.Elements("fkey").ToList();
        Assert.Equal(
            ["blf sip:102@acme.example|**", "orbit sip:701@acme.example", "blf sip:*38@acme.example", "blf sip:*76@acme.example", "speed 0301234", "blf sip:103@acme.example|**", "blf sip:104@acme.example|**"],
            keys.Select(key => key.Value));
        Assert.Equal(Enumerable.Range(0, Keys.Length).Select(index => $"{index}"), keys.Select(key => (string?)key.Attribute("idx")));
        Assert.Equal("Park <1>", (string?)keys[1].Attribute("label"));
    }

    [Trait("Feature", "SID-02")]
    [Fact]
    public void Grandstream_gets_its_numbers()
    {
        var provision = Xml(Find($"cfg{Mac}.xml"));
        Assert.Equal(("gs_provision", "1", Mac), (provision.Name.LocalName, (string?)provision.Attribute("version"), provision.Element("mac")!.Value));
        var config = provision.Element("config")!;
        Assert.All(config.Elements(), element => Assert.Matches("^P[0-9]+$", element.Name.LocalName));
        Assert.Equal(config.Elements().Count(), config.Elements().Select(element => element.Name).Distinct().Count());
        Assert.Equal(("acme.example", "pbx.acme.example:5061", "2"), (P(47), P(48), P(130)));
        Assert.Equal(("101", "101", Secret, "*97"), (P(35), P(36), P(34), P(33)));
        Assert.Equal(("11", "102", "26", "701"), (P(1365), P(1468), P(1367), P(1470)));
        Assert.Equal(("11", "0", "Zoë 🙂", "103"), (P(23800), P(23801), P(23802), P(23803)));
        Assert.Equal(("customize", "UTC-1DST-2,M3.5.0/2,M10.5.0/3"), (P(64), P(246)));

        string P(int number) => config.Element($"P{number}")!.Value;
    }

    [Trait("Feature", "SID-02")]
    [Fact]
    public void Poly_gets_a_master_a_configuration_and_a_phone_book()
    {
        foreach (var name in new[] { $"{Mac}.cfg", "000000000000.cfg" })
            Assert.Equal($"{Mac}-webphone.cfg", (string?)Xml(Find(name, "FileTransport PolycomVVX-VVX_450-UA/6.3")).Attribute("CONFIG_FILES"));
        var config = Xml(Find($"{Mac}-webphone.cfg")).Elements().Single();
        Assert.Equal(("101", Secret, "TLS"), (A("reg.1.auth.userId"), A("reg.1.auth.password"), A("reg.1.outboundProxy.transport")));
        Assert.Equal(("102@acme.example", "normal", "Ann & Bob"), (A("attendant.resourceList.1.address"), A("attendant.resourceList.1.type"), A("attendant.resourceList.1.label")));
        Assert.Equal(("701@acme.example", "automata"), (A("attendant.resourceList.2.address"), A("attendant.resourceList.2.type")));
        Assert.Equal(("legacy", "**"), (A("call.directedCallPickupMethod"), A("call.directedCallPickupString")));
        Assert.Equal(("3600", "3", "1", "1"), (A("tcpIpApp.sntp.gmtOffset"), A("tcpIpApp.sntp.daylightSavings.start.month"), A("tcpIpApp.sntp.daylightSavings.start.dayOfWeek"), A("tcpIpApp.sntp.daylightSavings.start.dayOfWeek.lastInMonth")));
        var book = Xml(Find($"{Mac}-directory.xml"));
        Assert.Equal(("Taxi; Berlin", "0301234", "1"), (book.Descendants("lb").Single().Value, book.Descendants("ct").Single().Value, book.Descendants("sd").Single().Value));

        string? A(string name) => (string?)config.Attribute(name);
    }

    [Trait("Feature", "SID-02")]
    [Theory]
    [InlineData("001565000001.xml")]
    [InlineData("CP-8851-3PCC.xml")]
    [InlineData("spa001565000001.cfg")]
    public void Cisco_gets_a_flat_profile(string name)
    {
        var profile = Xml(Find(name));
        Assert.Equal("flat-profile", profile.Name);
        Assert.Equal(("acme.example", "pbx.acme.example:5061", "TLS"), (E("Proxy_1_"), E("Outbound_Proxy_1_"), E("SIP_Transport_1_")));
        Assert.Equal(("101", Secret, "*97"), (E("User_ID_1_"), E("Password_1_"), E("Voice_Mail_Number")));
        Assert.Equal("fnc=blf+sd+cp;sub=102@acme.example;nme=Ann & Bob", E("Extended_Function_2_"));
        Assert.Equal("fnc=prk;sub=701@acme.example;nme=Park <1>", E("Extended_Function_3_"));
        Assert.Equal("fnc=sd;ext=0301234@acme.example;nme=Taxi, Berlin", E("Extended_Function_6_"));
        Assert.Equal(("GMT+01:00", "start=3/-1/7/2:0:0;end=10/-1/7/3:0:0;save=1"), (E("Time_Zone"), E("Daylight_Saving_Time_Rule")));

        string E(string element) => profile.Element(element)!.Value;
    }

    [Theory]
    [InlineData("001565000002.cfg")]
    [InlineData("cfg001565000002.xml")]
    [InlineData("001565000002-webphone.cfg")]
    [InlineData("snom370-001565000002.htm")]
    [InlineData("001565000001-web.cfg")]
    [InlineData("001565000001-phone.cfg")]
    [InlineData("passwd")]
    [InlineData("..")]
    [InlineData("")]
    public void Files_of_other_phones_and_files_that_there_are_not_are_not_found(string name) => Assert.Null(PhoneFiles.Find(name, "", Setup()));

    [Fact]
    public void Names_tell_makers_apart_and_where_they_do_not_the_phone_does()
    {
        Assert.Equal("settings", Xml(Find($"{Mac}.xml", "Mozilla/4.0 (compatible; snomD785-SIP 10.1)")).Name.LocalName);
        Assert.Equal("flat-profile", Xml(Find($"{Mac}.xml", "Cisco-CP-8851-3PCC/11.0")).Name.LocalName);
        Assert.StartsWith("#!version", Text(Find($"{Mac}.cfg", "Yealink SIP-T46S")), StringComparison.Ordinal);
        Assert.Equal("APPLICATION", Xml(PhoneFiles.Find("0004f2000001.cfg", "", Setup("0004f2000001"))!).Name.LocalName);
        Assert.Equal("settings", Xml(PhoneFiles.Find("000413000001.xml", "", Setup("000413000001"))!).Name.LocalName);
        Assert.Equal("#!version:1.0.0.1\n", Text(Find("y000000000066.cfg")));
    }

    [Theory]
    [InlineData("a\r\naccount.2.enable = 1")]
    [InlineData("]]></label><P2>hacked</P2>")]
    [InlineData("\uFFFE\u0001\"'<&>")]
    public void Names_of_people_cannot_change_a_file(string name)
    {
        var setup = Setup(name: name, keys: [new(PhoneKeyType.Blf, "102", name)]);
        Assert.All(Text(PhoneFiles.Find($"{Mac}.cfg", "Yealink", setup)!).Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.DoesNotMatch("^account\\.2", line));
        foreach (var file in new[] { $"cfg{Mac}.xml", $"{Mac}.htm", $"{Mac}-webphone.cfg", $"{Mac}-directory.xml", "8851-3PCC.xml" })
            Assert.Empty(Xml(PhoneFiles.Find(file, "", setup)!).Descendants("P2"));
    }

    [Theory]
    [InlineData("Europe/Berlin", "UTC-1DST-2,M3.5.0/2,M10.5.0/3", "+01:00")]
    [InlineData("America/New_York", "UTC5DST4,M3.2.0/2,M11.1.0/2", "-05:00")]
    [InlineData("Australia/Sydney", "UTC-10DST-11,M10.1.0/2,M4.1.0/3", "+10:00")]
    [InlineData("Asia/Kolkata", "UTC-5:30", "+05:30")]
    [InlineData("UTC", "UTC0", "+00:00")]
    [InlineData("no such zone", "UTC0", "+00:00")]
    public void A_time_zone_is_an_offset_and_two_rules(string zone, string posix, string offset)
    {
        var clock = PhoneClock.Of(zone, 2026);
        Assert.Equal((posix, offset), (clock.Posix, clock.Text));
    }

    private static PhoneFile Find(string name, string userAgent = "") => PhoneFiles.Find(name, userAgent, Setup()) ?? throw new InvalidOperationException($"there is no {name}");

    private static PhoneSetup Setup(string mac = Mac, string name = "Ann Ash", PhoneKey[]? keys = null) => new(
        new PhoneConfiguration(mac, "101", name, "acme.example", Secret, new PhoneSettings("pbx.acme.example", 0, "tls", "ntp.acme.example", "Europe/Berlin", "*97"), [.. keys ?? Keys]),
        "asked.example",
        PhoneClock.Of("Europe/Berlin", 2026));

    private static string Text(PhoneFile file) => Encoding.UTF8.GetString(file.Content);

    private static XElement Xml(PhoneFile file)
    {
        Assert.StartsWith("application/xml", file.ContentType, StringComparison.Ordinal);
        using var reader = XmlReader.Create(new MemoryStream(file.Content), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XElement.Load(reader);
    }
}
