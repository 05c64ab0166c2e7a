using System.Security.Cryptography;

namespace Webphone.Media.Srtp;

/// <summary>Why an inline key parameter was refused.</summary>
public enum SdesError : byte
{
    None,
    UnknownMethod,
    BadBase64,
    WrongLength,
    UnsupportedMki,
    BadLifetime,
}

/// <summary>
/// A profile with its master key and salt, and its RFC 4568 form <c>inline:base64[|lifetime]</c>. The MKI form is refused: no
/// phone in use offers one, and accepting it would mean tags of another length.
/// </summary>
public sealed class SrtpMasterKey : IEquatable<SrtpMasterKey>
{
    private const string Inline = "inline:";
    private readonly byte[] _bytes;

    /// <param name="profile">What the key is for.</param>
    /// <param name="keyAndSalt">Key then salt, fresh random bytes for a key of ours.</param>
    public SrtpMasterKey(SrtpProfile profile, ReadOnlySpan<byte> keyAndSalt)
    {
        if (keyAndSalt.Length != Size(profile))
            throw new ArgumentException($"{profile} takes {Size(profile)} bytes of key and salt.", nameof(keyAndSalt));
        Profile = profile;
        _bytes = keyAndSalt.ToArray();
    }

    public SrtpProfile Profile { get; }

    public ReadOnlySpan<byte> Key => _bytes.AsSpan(0, Profile.KeySize());

    public ReadOnlySpan<byte> Salt => _bytes.AsSpan(Profile.KeySize());

    /// <summary>Bytes of key and salt together.</summary>
    public static int Size(SrtpProfile profile) => profile.KeySize() + profile.SaltSize();

    /// <summary>Reads the key parameter of an a=crypto line.</summary>
    public static bool TryParse(SrtpProfile profile, ReadOnlySpan<char> parameter, out SrtpMasterKey? key, out SdesError error)
    {
        key = null;
        if (!parameter.StartsWith(Inline, StringComparison.OrdinalIgnoreCase))
            return Refuse(SdesError.UnknownMethod, out error);
        var rest = parameter[Inline.Length..];
        var bar = rest.IndexOf('|');
        var text = bar < 0 ? rest : rest[..bar];
        if (bar >= 0 && !IsLifetime(rest[(bar + 1)..], out error))
            return false;
        Span<byte> bytes = stackalloc byte[48];
        if (text.Length > 64 || !Convert.TryFromBase64Chars(text, bytes, out var length))
            return Refuse(SdesError.BadBase64, out error);
        if (length != Size(profile))
            return Refuse(SdesError.WrongLength, out error);
        key = new SrtpMasterKey(profile, bytes[..length]);
        error = SdesError.None;
        return true;
    }

    /// <summary>The key parameter for an a=crypto line of ours. Secret: never log it.</summary>
    public string ToInline() => Inline + Convert.ToBase64String(_bytes);

    public bool Equals(SrtpMasterKey? other) =>
        other is not null && Profile == other.Profile && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    public override bool Equals(object? obj) => Equals(obj as SrtpMasterKey);

    public override int GetHashCode() => HashCode.Combine(Profile, _bytes[0], _bytes[1], _bytes[2]);

    public override string ToString() => Profile.SuiteName();

    private static bool IsLifetime(ReadOnlySpan<char> text, out SdesError error)
    {
        if (text.Contains(':'))
            return Refuse(SdesError.UnsupportedMki, out error);
        var digits = text.StartsWith("2^") ? text[2..] : text;
        error = SdesError.None;
        return digits.Length is > 0 and <= 20 && digits.IndexOfAnyExceptInRange('0', '9') < 0 || Refuse(SdesError.BadLifetime, out error);
    }

    private static bool Refuse(SdesError reason, out SdesError error)
    {
        error = reason;
        return false;
    }
}
