using System.Text;
using Webphone.Grains.Calls;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Uris;

namespace Webphone.Silo.SipEdge;

/// <summary>How parties are written in SIP headers. What phones say of themselves is not in it: names and numbers come from the directory.</summary>
internal static class Identities
{
    /// <summary>"Name" &lt;sip:number@domain&gt; for From, To and P-Asserted-Identity.</summary>
    public static byte[] NameAddr(Party party, string domain)
    {
        var writer = new SipWriter(256);
        try
        {
            writer.NameAddr(party.Name, Uri(party.Number, domain));
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    public static byte[] Uri(string number, string domain) => Encoding.UTF8.GetBytes($"sip:{UriEscaping.EncodeUser(number)}@{domain}");

    /// <summary>Adds who the other side is, as we assert it to phones of our own (RFC 3325).</summary>
    public static HeaderLines Assert(this HeaderLines lines, Party party, string domain) =>
        lines.Add("P-Asserted-Identity"u8, NameAddr(party, domain));
}
