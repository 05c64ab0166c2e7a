using System.Buffers.Binary;
using System.Security.Cryptography;
using Webphone.Media.Endpoints;

namespace Webphone.Media.Stun;

/// <summary>Writes a STUN message into a caller's buffer of at least <see cref="MaxSize"/> bytes; integrity and then fingerprint come last.</summary>
public ref struct StunWriter
{
    /// <summary>Room for any message of ours.</summary>
    public const int MaxSize = 640;

    private readonly Span<byte> _buffer;
    private int _length;

    /// <param name="buffer">Where it is written.</param>
    /// <param name="type">What it is.</param>
    /// <param name="transactionId">Twelve bytes.</param>
    public StunWriter(Span<byte> buffer, StunType type, scoped ReadOnlySpan<byte> transactionId)
    {
        _buffer = buffer;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)type);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunMessage.MagicCookie);
        transactionId.CopyTo(buffer[8..]);
        _length = StunMessage.HeaderSize;
        SetLength(0);
    }

    /// <summary>Bytes so far.</summary>
    public readonly int Length => _length;

    public void Add(StunAttribute type, scoped ReadOnlySpan<byte> value) => value.CopyTo(Next(type, value.Length));

    public void Add(StunAttribute type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Next(type, 4), value);

    public void Add(StunAttribute type, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Next(type, 8), value);

    public void AddMappedAddress(TransportAddress address)
    {
        Span<byte> value = stackalloc byte[20];
        Add(StunAttribute.XorMappedAddress, value[..StunAddress.Write(value, address, _buffer.Slice(4, 16))]);
    }

    /// <summary>An error with its reason phrase.</summary>
    public void AddError(int code, scoped ReadOnlySpan<byte> reason)
    {
        var value = Next(StunAttribute.ErrorCode, 4 + reason.Length);
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        reason.CopyTo(value[4..]);
    }

    public void AddUnknown(ushort attribute) => BinaryPrimitives.WriteUInt16BigEndian(Next(StunAttribute.UnknownAttributes, 2), attribute);

    public void AddIntegrity(scoped ReadOnlySpan<byte> key)
    {
        var covered = _buffer[.._length];
        SetLength(4 + StunMessage.IntegritySize);
        Span<byte> hash = stackalloc byte[StunMessage.IntegritySize];
#pragma warning disable CA5350 // RFC 8445 section 7.1 has HMAC-SHA1.
        HMACSHA1.HashData(key, covered, hash);
#pragma warning restore CA5350
        Add(StunAttribute.MessageIntegrity, hash);
    }

    public void AddFingerprint()
    {
        SetLength(8);
        Add(StunAttribute.Fingerprint, StunCrc.Fingerprint(_buffer[.._length]));
    }

    private Span<byte> Next(StunAttribute type, int length)
    {
        var attribute = _buffer.Slice(_length, 4 + ((length + 3) & ~3));
        attribute.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(attribute, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)length);
        _length += attribute.Length;
        SetLength(0);
        return attribute.Slice(4, length);
    }

    private readonly void SetLength(int following) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(_length - StunMessage.HeaderSize + following));
}
