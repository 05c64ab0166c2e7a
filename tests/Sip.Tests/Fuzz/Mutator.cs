using System.Text;

namespace Webphone.Sip.Tests.Fuzz;

/// <summary>Seeded mutations of real messages: bits, bytes, pieces moved, doubled, cut and spliced, and the words that parsers trip over.</summary>
public sealed class Mutator(int seed, IReadOnlyList<byte[]> corpus, int mostMutations = 5)
{
    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "\r\n", "\r", "\n", "\0", "\"", "\\", "<", ">", ";", ",", ":", "=", "%", "%00", "%zz", "[", "]", "[::1]", "@", "\r\n ", "\r\n\t", "\r\n\r\n", "*", "?",
            "Content-Length: 99999999999\r\n", "Content-Length: 0\r\n", "l: 5\r\n", "Via: ", "v: SIP/2.0/UDP a\r\n", "SIP/2.0", "sip:", "tel:+1", "sips:", "INVITE ",
            "4294967296", "-1", "2147483648", ";tag=", ";branch=z9hG4bK", ";rport", "Digest ", "c=IN IP4 0.0.0.0\r\n", "m=audio 0 RTP/AVP 0\r\n", "a=rtpmap:96 ",
            "multipart/mixed;boundary=x", "--x--", "ACK ", "\u00e9",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var bytes = (byte[])corpus[_random.Next(corpus.Count)].Clone();
        for (var i = 1 + _random.Next(mostMutations); i > 0; i--)
            bytes = Mutate(bytes);
        return bytes;
    }

    private byte[] Mutate(byte[] bytes)
    {
        if (bytes.Length == 0)
            return [(byte)_random.Next(256)];
        var at = _random.Next(bytes.Length);
        var length = Math.Min(_random.Next(1, 60), bytes.Length - at);
        switch (_random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)_random.Next(256);
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 5:
                var other = corpus[_random.Next(corpus.Count)];
                return [.. bytes[..at], .. other[_random.Next(other.Length)..]];
            default:
                return [.. bytes[..at], .. Words[_random.Next(Words.Length)], .. bytes[at..]];
        }
    }
}
