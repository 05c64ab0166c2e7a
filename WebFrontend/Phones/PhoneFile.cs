using System.Text;
using System.Xml;
using System.Xml.Linq;
using Webphone.Grains.Phones;

namespace Webphone.WebFrontend.Phones;

/// <summary>A configuration file as a phone gets it.</summary>
internal sealed record PhoneFile(string ContentType, byte[] Content)
{
    public static PhoneFile Text(string text) => new("text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    public static PhoneFile Xml(XElement root) => new(
        "application/xml; charset=utf-8", Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root}\n"));

    /// <summary>Text as XML can hold it.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value))
                clean.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }

        return clean.ToString();
    }
}

/// <summary>What the writers of all makers need of a phone's configuration.</summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="AskedHost">The host that the phone asked, for a tenant that names no server.</param>
/// <param name="Clock">The time zone.</param>
internal sealed record PhoneSetup(PhoneConfiguration Configuration, string AskedHost, PhoneClock Clock)
{
    /// <summary>In front of an extension it takes the call that rings there.</summary>
    public const string PickupCode = "**";

    public const int RegisterSeconds = 600;

    public string Server => Configuration.Settings.Server.Length > 0 ? Configuration.Settings.Server : AskedHost;

    public string Transport => Configuration.Settings.Transport;

    public int Port => Configuration.Settings.Port > 0 ? Configuration.Settings.Port : Transport == "tls" ? 5061 : 5060;

    public string Name => Configuration.Name.Length > 0 ? PhoneFile.Clean(Configuration.Name) : Configuration.Extension;

    public static string LabelOf(PhoneKey key) => PhoneFile.Clean(key.Label);
}
