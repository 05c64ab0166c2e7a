using System.Text;

namespace Webphone.System.Tests.Harness;

/// <summary>A SIP message as text, read and written without the product's own code, so that the two check each other.</summary>
public sealed class SipText
{
    private SipText(string startLine, List<(string Name, string Value)> headers, string body)
    {
        StartLine = startLine;
        Headers = headers;
        Body = body;
    }

    public string StartLine { get; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; }

    public string Body { get; }

    public bool IsRequest => !StartLine.StartsWith("SIP/2.0", StringComparison.Ordinal);

    public string Method => IsRequest ? StartLine.Split(' ')[0] : CSeqMethod;

    public int Status => IsRequest ? 0 : int.Parse(StartLine.Split(' ')[1]);

    public string RequestUri => StartLine.Split(' ')[1];

    public string CSeqMethod => this["CSeq"].Split(' ')[^1];

    public int CSeq => int.Parse(this["CSeq"].Split(' ')[0]);

    public string CallId => this["Call-ID"];

    /// <summary>The first header of that name, or empty.</summary>
    public string this[string name] => All(name).FirstOrDefault() ?? "";

    public IEnumerable<string> All(string name)
    {
        return Headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value);
    }

    /// <summary>The tag parameter of From or To, or empty.</summary>
    public string Tag(string header) => Parameter(this[header], "tag");

    public static string Parameter(string value, string name)
    {
        foreach (var part in value.Split(';'))
        {
            if (part.TrimStart().StartsWith(name + "=", StringComparison.OrdinalIgnoreCase))
            {
                return part.Split('=', 2)[1].Trim();
            }
        }

        return "";
    }

    /// <summary>What stands between the angle brackets, or the value up to its first parameter.</summary>
    public static string Uri(string value)
    {
        var open = value.IndexOf('<', StringComparison.Ordinal);
        return open >= 0 ? value[(open + 1)..value.IndexOf('>', open)] : value.Split(';')[0].Trim();
    }

    public static SipText? TryParse(string text)
    {
        var split = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (split < 0)
        {
            return null;
        }

        var lines = text[..split].Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", " ", StringComparison.Ordinal).Split("\r\n");
        var headers = new List<(string, string)>();
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
            }
        }

        return new SipText(lines[0], headers, text[(split + 4)..]);
    }

    public override string ToString()
    {
        var text = new StringBuilder(StartLine).Append('\n');
        foreach (var (name, value) in Headers)
        {
            text.Append(name).Append(": ").Append(value).Append('\n');
        }

        return text.Append('\n').Append(Body).ToString();
    }
}
