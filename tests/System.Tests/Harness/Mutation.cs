using System.Text;

namespace Webphone.System.Tests.Harness;

/// <summary>SIP messages with damage: bits, cuts, repeats, foreign pieces.</summary>
public static class Mutation
{
    private static readonly string[] Methods = ["INVITE", "REGISTER", "OPTIONS", "BYE", "ACK", "CANCEL", "SUBSCRIBE", "NOTIFY", "REFER", "MESSAGE", "PRACK", "UPDATE", "INFO", "X"];

    private static readonly string[] Pieces =
    [
        "\r\n", "\n", "\0", ";", ",", "<", ">", "\"", "%00", "%", "::", "[", "]", "sip:", "sips:", "tel:", "Via: ", "v:", "Content-Length: 99999", "CSeq: -1 INVITE",
        "SIP/2.0 200 OK\r\n", "Route: <sip:127.0.0.1;lr>\r\n", "Require: 100rel\r\n", "Contact: *\r\n", "Expires: 4294967296\r\n", "Authorization: Digest a=\r\n", "\u00e9", "(((((((((", ")))",
        "m=audio 0 RTP/AVP\r\n", "Replaces: a;to-tag=b;from-tag=c\r\n", new string('a', 3000), new string(';', 500),
    ];

    public static byte[] Of(SipPeer model, Random random)
    {
        var method = Methods[random.Next(Methods.Length)];
        var body = random.Next(2) == 0 ? "" : "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8\r\n";
        var text = model.Text(
            method, "sip:102@demo.example", SipPeer.Token(), "<sip:102@demo.example>", random.Next(), SipPeer.Branch(),
            [("Contact", model.Contact), ("Content-Type", "application/sdp"), ("Supported", "timer, replaces")], body);
        if (random.Next(10) == 0)
        {
            text = text.Replace($"{method} sip:102@demo.example SIP/2.0", $"SIP/2.0 {random.Next(90, 720)} Why", StringComparison.Ordinal);
        }

        var bytes = Encoding.UTF8.GetBytes(text).ToList();
        for (var i = random.Next(6); i >= 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(40), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(200), bytes.Count - at)));
                    break;
                case 4 when bytes.Count > 20:
                    bytes = bytes.GetRange(0, bytes.Count - random.Next(20));
                    break;
            }

            if (bytes.Count == 0)
            {
                bytes.Add((byte)'x');
            }
        }

        return [.. bytes];
    }
}
