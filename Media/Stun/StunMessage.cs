using System.Buffers.Binary;
using System.Security.Cryptography;
using Webphone.Media.Endpoints;

namespace Webphone.Media.Stun;

/// <summary>
/// A received STUN message of <a href="https://www.rfc-editor.org/rfc/rfc8489">RFC 8489</a>, read where it lies: valid as long as its datagram is. What follows
/// MESSAGE-INTEGRITY is not covered by it and not looked at, except for FINGERPRINT. Reading allocates nothing and never throws.
/// </summary>
public readonly ref struct StunMessage
{
    public const int HeaderSize = 20;

    /// <summary>Longest message that is taken; ICE's are below 200 bytes.</summary>
    public const int MaxSize = 1280;

    public const int MaxAttributes = 32;

    /// <summary>Longest USERNAME (RFC 8489 section 14.3).</summary>
    public const int MaxUsername = 508;

    internal const uint MagicCookie = 0x2112A442;
    internal const int IntegritySize = 20;
    private const int AttributeHeader = 4;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _integrityAt;

    private StunMessage(ReadOnlySpan<byte> bytes, int integrityAt, Fields fields)
    {
        _bytes = bytes;
        _integrityAt = integrityAt;
        Known = fields;
    }

    public StunType Type => (StunType)BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>Twelve bytes.</summary>
    public ReadOnlySpan<byte> TransactionId => _bytes.Slice(8, 12);

    /// <summary>Empty when there is none.</summary>
    public ReadOnlySpan<byte> Username => _bytes.Slice(Known.UsernameAt, Known.UsernameLength);

    public bool HasIntegrity => _integrityAt > 0;

    public bool HasFingerprint => Known.HasFingerprint;

    public uint? Priority => Known.Priority;

    public bool UseCandidate => Known.UseCandidate;

    /// <summary>The tie-breaker of a sender that says it controls.</summary>
    public ulong? IceControlling => Known.IceControlling;

    /// <summary>The tie-breaker of a sender that says it is controlled.</summary>
    public ulong? IceControlled => Known.IceControlled;

    /// <summary>An attribute that we would have to understand and do not; 0 for none.</summary>
    public ushort FirstUnknown => Known.FirstUnknown;

    /// <summary>The code of an error response, 300 to 699; 0 when there is none.</summary>
    public int ErrorCode => Known.ErrorCode;

    /// <summary>Where a response says that the request came from; none when it does not.</summary>
    public TransportAddress MappedAddress => Known.Mapped;

    private Fields Known { get; }

    /// <summary>Reads a datagram; a FINGERPRINT in it is checked, its integrity is not.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message, out StunError error)
    {
        message = default;
        error = CheckHeader(datagram);
        if (error != StunError.None)
            return false;
        var fields = default(Fields);
        var integrityAt = 0;
        var count = 0;
        for (var at = HeaderSize; at < datagram.Length;)
        {
            var rest = datagram[at..];
            if (rest.Length < AttributeHeader)
                return Refuse(StunError.BadAttribute, out error);
            if (++count > MaxAttributes)
                return Refuse(StunError.TooManyAttributes, out error);
            var type = (StunAttribute)BinaryPrimitives.ReadUInt16BigEndian(rest);
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            var padded = (length + 3) & ~3;
            if (rest.Length < AttributeHeader + padded)
                return Refuse(StunError.BadAttribute, out error);
            if (fields.HasFingerprint)
                return Refuse(StunError.BadFingerprint, out error);
            if (type == StunAttribute.Fingerprint)
                error = TakeFingerprint(datagram, at, length, ref fields);
            else if (integrityAt > 0)
                error = StunError.None;
            else if (type == StunAttribute.MessageIntegrity)
                error = TakeIntegrity(at, length, ref integrityAt);
            else
                error = fields.Take(datagram, type, at + AttributeHeader, length);
            if (error != StunError.None)
                return false;
            at += AttributeHeader + padded;
        }
        message = new StunMessage(datagram, integrityAt, fields);
        return true;
    }

    /// <summary>Whether MESSAGE-INTEGRITY is there and was made with this key.</summary>
    public bool IsFrom(ReadOnlySpan<byte> key)
    {
        if (!HasIntegrity)
            return false;
        Span<byte> covered = stackalloc byte[MaxSize];
        Span<byte> expected = stackalloc byte[IntegritySize];
        covered = covered[.._integrityAt];
        _bytes[.._integrityAt].CopyTo(covered);
        // The length field as it was when the integrity was made: up to its end, without what follows.
        BinaryPrimitives.WriteUInt16BigEndian(covered[2..], (ushort)(_integrityAt + AttributeHeader + IntegritySize - HeaderSize));
#pragma warning disable CA5350 // RFC 8445 section 7.1 has HMAC-SHA1.
        HMACSHA1.HashData(key, covered, expected);
#pragma warning restore CA5350
        return CryptographicOperations.FixedTimeEquals(expected, _bytes.Slice(_integrityAt + AttributeHeader, IntegritySize));
    }

    private static StunError CheckHeader(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < HeaderSize)
            return StunError.CutShort;
        if ((datagram[0] & 0xC0) != 0 || BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != MagicCookie)
            return StunError.NotStun;
        var length = HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (datagram.Length < length)
            return StunError.CutShort;
        return datagram.Length > length || datagram.Length > MaxSize ? StunError.TooLong : StunError.None;
    }

    private static StunError TakeIntegrity(int at, int length, ref int integrityAt)
    {
        if (length != IntegritySize)
            return StunError.BadAttribute;
        integrityAt = at;
        return StunError.None;
    }

    private static StunError TakeFingerprint(ReadOnlySpan<byte> datagram, int at, int length, ref Fields fields)
    {
        fields.HasFingerprint = true;
        return length == 4 && BinaryPrimitives.ReadUInt32BigEndian(datagram[(at + AttributeHeader)..]) == StunCrc.Fingerprint(datagram[..at])
            ? StunError.None : StunError.BadFingerprint;
    }

    private static bool Refuse(StunError reason, out StunError error)
    {
        error = reason;
        return false;
    }

    private struct Fields
    {
        public int UsernameAt;
        public int UsernameLength;
        public bool HasFingerprint;
        public bool UseCandidate;
        public uint? Priority;
        public ulong? IceControlling;
        public ulong? IceControlled;
        public ushort FirstUnknown;
        public int ErrorCode;
        public TransportAddress Mapped;

        public StunError Take(ReadOnlySpan<byte> datagram, StunAttribute type, int at, int length)
        {
            var value = datagram.Slice(at, length);
            switch (type)
            {
                case StunAttribute.Username when length <= MaxUsername:
                    (UsernameAt, UsernameLength) = (at, length);
                    return StunError.None;
                case StunAttribute.Priority when length == 4:
                    Priority = BinaryPrimitives.ReadUInt32BigEndian(value);
                    return StunError.None;
                case StunAttribute.UseCandidate when length == 0:
                    UseCandidate = true;
                    return StunError.None;
                case StunAttribute.IceControlling when length == 8:
                    IceControlling = BinaryPrimitives.ReadUInt64BigEndian(value);
                    return StunError.None;
                case StunAttribute.IceControlled when length == 8:
                    IceControlled = BinaryPrimitives.ReadUInt64BigEndian(value);
                    return StunError.None;
                case StunAttribute.ErrorCode when length >= 4:
                    ErrorCode = (value[2] & 7) * 100 + value[3];
                    return StunError.None;
                case StunAttribute.XorMappedAddress:
                    return StunAddress.TryRead(value, datagram.Slice(4, 16), out Mapped) ? StunError.None : StunError.BadAttribute;
                case StunAttribute.Username or StunAttribute.Priority or StunAttribute.UseCandidate or StunAttribute.IceControlling or StunAttribute.IceControlled
                    or StunAttribute.ErrorCode:
                    return StunError.BadAttribute;
                default:
                    if ((ushort)type < 0x8000 && FirstUnknown == 0 && !IsHarmless(type))
                        FirstUnknown = (ushort)type;
                    return StunError.None;
            }
        }

        /// <summary>Known, and of no use in ICE.</summary>
        private static bool IsHarmless(StunAttribute type) =>
            type is StunAttribute.MappedAddress or StunAttribute.UnknownAttributes or StunAttribute.Realm or StunAttribute.Nonce or StunAttribute.MessageIntegritySha256;
    }
}
