using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Webphone.Media.Ice;

/// <summary>The user name fragment and password of one side of one ICE session (RFC 8445 section 5.3, RFC 8839 section 5.4).</summary>
public sealed class IceCredentials : IEquatable<IceCredentials>
{
    public const int MinUfrag = 4;
    public const int MinPassword = 22;

    /// <summary>The longest of either.</summary>
    public const int MaxLength = 256;

    /// <summary>Length of a fragment of ours: 48 bits, which also make it a number to look it up by.</summary>
    public const int OwnUfrag = 8;

    /// <summary>Random bytes that <see cref="Make"/> takes.</summary>
    public const int RandomSize = OwnUfrag + OwnPassword;

    private const int OwnPassword = 24;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    private readonly byte[] _ufrag;
    private readonly byte[] _password;

    private IceCredentials(string ufrag, string password)
    {
        Ufrag = ufrag;
        Password = password;
        _ufrag = Encoding.ASCII.GetBytes(ufrag);
        _password = Encoding.ASCII.GetBytes(password);
    }

    public string Ufrag { get; }

    /// <summary>Secret of the session: never logged.</summary>
    public string Password { get; }

    internal ReadOnlySpan<byte> UfragBytes => _ufrag;

    internal ReadOnlySpan<byte> PasswordBytes => _password;

    /// <summary>Credentials of ours from random bytes; 192 bits are secret.</summary>
    public static IceCredentials Make(ReadOnlySpan<byte> random)
    {
        Span<char> text = stackalloc char[RandomSize];
        for (var i = 0; i < text.Length; i++)
            text[i] = Alphabet[random[i] & 63];
        return new IceCredentials(new string(text[..OwnUfrag]), new string(text[OwnUfrag..]));
    }

    /// <summary>Takes what a description says; false when either is missing, too short or long, or has other characters than it may.</summary>
    public static bool TryMake(string? ufrag, string? password, out IceCredentials? credentials)
    {
        credentials = IsWord(ufrag, MinUfrag) && IsWord(password, MinPassword) ? new IceCredentials(ufrag!, password!) : null;
        return credentials is not null;
    }

    /// <summary>The fragment as <see cref="TryKey"/> gives it; 0 for one that is not of ours.</summary>
    public ulong Key => TryKey(_ufrag, out var key) ? key : 0;

    /// <summary>A fragment of ours as a number; false for what cannot be one.</summary>
    public static bool TryKey(ReadOnlySpan<byte> ufrag, out ulong key)
    {
        key = ufrag.Length == OwnUfrag ? BitConverter.ToUInt64(ufrag) : 0;
        return key != 0;
    }

    public bool Equals(IceCredentials? other) =>
        other is not null && Ufrag == other.Ufrag && CryptographicOperations.FixedTimeEquals(_password, other._password);

    public override bool Equals(object? obj) => Equals(obj as IceCredentials);

    public override int GetHashCode() => Ufrag.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Ufrag;

    private static bool IsWord(string? text, int shortest) =>
        text is not null && text.Length >= shortest && text.Length <= MaxLength && text.AsSpan().IndexOfAnyExcept(Characters) < 0;
}
