using System.Globalization;
using System.Text;

namespace Webphone.System.Tests.Fuzz;

/// <summary>A sound OPTIONS that goes behind each broken message: its answer says that the server is done with what came before.</summary>
public static class FuzzProbe
{
    private const string Mark = "Call-ID: fuzzprobe-";

    public static byte[] Request(string transport, string run, int number) => Encoding.ASCII.GetBytes(
        $"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{transport} 127.0.0.1:9;rport;branch=z9hG4bK{run}{number}\r\nMax-Forwards: 70\r\n" +
        $"From: <sip:probe@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\n{Mark}{number}-{run}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");

    /// <summary>The numbers of the probes that are answered in the text.</summary>
    public static IEnumerable<int> Answers(string text, string run)
    {
        for (var at = text.IndexOf(Mark, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Mark, at + 1, StringComparison.Ordinal))
        {
            var end = text.IndexOf('\r', at);
            if (end < 0)
            {
                yield break;
            }

            // A broken message may have swallowed a probe and be answered with its names.
            var parts = text[(at + Mark.Length)..end].Split('-', 2);
            if (parts.Length == 2 && parts[1] == run && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                yield return number;
            }
        }
    }
}
