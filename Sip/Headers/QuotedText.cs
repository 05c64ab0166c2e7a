using System.Text;

namespace Webphone.Sip.Headers;

/// <summary>Strings from header text: escapes of quoted strings resolved, folds made one space, invalid UTF-8 replaced.</summary>
internal static class QuotedText
{
    public static string Decode(ReadOnlySpan<byte> text, bool quoted)
    {
        if (text.IndexOfAny((byte)'\\', (byte)'\r', (byte)'\n') < 0)
            return Encoding.UTF8.GetString(text);
        var buffer = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '\\' && i + 1 < text.Length)
                buffer[length++] = text[++i];
            else if (c is not ((byte)'\r' or (byte)'\n'))
                buffer[length++] = c;
            else if (length == 0 || buffer[length - 1] != ' ')
                buffer[length++] = (byte)' ';
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
