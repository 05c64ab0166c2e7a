using System.Text;

namespace Webphone.Silo.Storage.Databases;

/// <summary>Text from the network as both stores can hold it: PostgreSQL takes no NUL, and neither takes half a surrogate pair.</summary>
internal static class StoredText
{
    public static string Clean(string text)
    {
        var firstBad = IndexOfBad(text);
        if (firstBad < 0) return text;
        var clean = new StringBuilder(text, 0, firstBad, text.Length);
        foreach (var rune in text.AsSpan(firstBad).EnumerateRunes()) clean.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return clean.ToString();
    }

    private static int IndexOfBad(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return i;
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return i;
            i++;
        }

        return -1;
    }
}
