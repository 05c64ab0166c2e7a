using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Webphone.Media.Srtp;

/// <summary>
/// The session keys of one direction and one of RTP or RTCP, derived from a master key (RFC 3711 section 4.3), and the two
/// operations on a packet whose index is known. Not thread-safe.
/// </summary>
internal sealed class SrtpCipher : IDisposable
{
    private const int HmacSize = 20;
    private readonly SrtpProfile _profile;
    private readonly bool _isRtcp;
    private readonly byte[] _salt = new byte[14];
    private readonly AesCounter? _counter;
    private readonly IncrementalHash? _hmac;
    private readonly GcmCipher? _gcm;
    private readonly int _tagSize;

    public SrtpCipher(SrtpMasterKey master, bool isRtcp)
    {
        _profile = master.Profile;
        _isRtcp = isRtcp;
        _tagSize = isRtcp ? _profile.RtcpTagSize() : _profile.TagSize();
        var label = isRtcp ? 3 : 0;
        Span<byte> key = stackalloc byte[_profile.KeySize()];
        Span<byte> authentication = stackalloc byte[HmacSize];
        Derive(master, (byte)label, key);
        Derive(master, (byte)(label + 1), authentication);
        Derive(master, (byte)(label + 2), _salt.AsSpan(0, _profile.SaltSize()));
        if (_profile.IsAead())
        {
            _gcm = GcmCipher.Make(key);
            return;
        }
        _counter = new AesCounter(key);
        _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, authentication);
    }

    public int TagSize => _tagSize;

    /// <summary>The key derivation function with a derivation rate of zero.</summary>
    public static void Derive(SrtpMasterKey master, byte label, Span<byte> destination)
    {
        Span<byte> iv = stackalloc byte[16];
        iv.Clear();
        master.Salt.CopyTo(iv);
        iv[7] ^= label;
        destination.Clear();
        using var counter = new AesCounter(master.Key);
        counter.Apply(iv, destination);
    }

    /// <summary>Encrypts from <paramref name="clearLength"/> on and writes the tag (and for RTCP the index) behind it; gives the new length.</summary>
    public int Protect(Span<byte> buffer, int length, int clearLength, uint ssrc, ulong index)
    {
        if (_gcm is not null)
            return ProtectAead(buffer, length, clearLength, ssrc, index);
        ApplyCounter(buffer[clearLength..length], ssrc, index);
        if (_isRtcp)
        {
            BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], 0x80000000 | (uint)index);
            length += 4;
        }
        Span<byte> tag = stackalloc byte[HmacSize];
        Authenticate(buffer[..length], index, tag);
        tag[.._tagSize].CopyTo(buffer[length..]);
        return length + _tagSize;
    }

    /// <summary>Checks the tag, then decrypts in place; gives the clear packet's length, or -1 when the tag is wrong.</summary>
    public int Unprotect(Span<byte> packet, int clearLength, uint ssrc, ulong index, bool encrypted)
    {
        if (_gcm is not null)
            return UnprotectAead(packet, clearLength, ssrc, index, encrypted);
        var length = packet.Length - _tagSize;
        if (length < clearLength + (_isRtcp ? 4 : 0))
            return -1;
        Span<byte> tag = stackalloc byte[HmacSize];
        Authenticate(packet[..length], index, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag[.._tagSize], packet[length..]))
            return -1;
        if (_isRtcp)
            length -= 4;
        if (encrypted)
            ApplyCounter(packet[clearLength..length], ssrc, index);
        return length;
    }

    public void Dispose()
    {
        _counter?.Dispose();
        _hmac?.Dispose();
        _gcm?.Dispose();
    }

    private void ApplyCounter(Span<byte> data, uint ssrc, ulong index)
    {
        Span<byte> iv = stackalloc byte[16];
        iv.Clear();
        _salt.CopyTo(iv);
        BinaryPrimitives.WriteUInt32BigEndian(iv[4..], BinaryPrimitives.ReadUInt32BigEndian(iv[4..]) ^ ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(iv[8..], BinaryPrimitives.ReadUInt64BigEndian(iv[8..]) ^ (index << 16));
        _counter!.Apply(iv, data);
    }

    private void Authenticate(ReadOnlySpan<byte> packet, ulong index, Span<byte> tag)
    {
        _hmac!.AppendData(packet);
        if (!_isRtcp)
        {
            Span<byte> rollOver = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(rollOver, (uint)(index >> 16));
            _hmac.AppendData(rollOver);
        }
        _hmac.GetHashAndReset(tag);
    }

    private int ProtectAead(Span<byte> buffer, int length, int clearLength, uint ssrc, ulong index)
    {
        Span<byte> nonce = stackalloc byte[12];
        WriteNonce(nonce, ssrc, index);
        Span<byte> associated = stackalloc byte[clearLength + 4];
        var data = buffer[clearLength..length];
        _gcm!.Seal(nonce, Associated(associated, buffer[..clearLength], 0x80000000 | (uint)index), data, buffer.Slice(length, GcmCipher.TagSize));
        length += GcmCipher.TagSize;
        if (!_isRtcp)
            return length;
        BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], 0x80000000 | (uint)index);
        return length + 4;
    }

    private int UnprotectAead(Span<byte> packet, int clearLength, uint ssrc, ulong index, bool encrypted)
    {
        var length = packet.Length - GcmCipher.TagSize - (_isRtcp ? 4 : 0);
        // RFC 7714 section 9.2 lets RTCP go unencrypted; nothing offers that, so it is refused.
        if (length < clearLength || length - clearLength > GcmCipher.MaxData || !encrypted)
            return -1;
        Span<byte> nonce = stackalloc byte[12];
        WriteNonce(nonce, ssrc, index);
        Span<byte> associated = stackalloc byte[clearLength + 4];
        var header = Associated(associated, packet[..clearLength], 0x80000000 | (uint)index);
        return _gcm!.TryOpen(nonce, header, packet[clearLength..length], packet.Slice(length, GcmCipher.TagSize)) ? length : -1;
    }

    private ReadOnlySpan<byte> Associated(Span<byte> scratch, ReadOnlySpan<byte> header, uint rtcpWord)
    {
        header.CopyTo(scratch);
        if (!_isRtcp)
            return scratch[..header.Length];
        BinaryPrimitives.WriteUInt32BigEndian(scratch[header.Length..], rtcpWord);
        return scratch;
    }

    private void WriteNonce(Span<byte> nonce, uint ssrc, ulong index)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(nonce[2..], ssrc);
        if (_isRtcp)
        {
            BinaryPrimitives.WriteUInt32BigEndian(nonce[8..], (uint)index);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(nonce[6..], (uint)(index >> 16));
            BinaryPrimitives.WriteUInt16BigEndian(nonce[10..], (ushort)index);
        }
        for (var i = 0; i < nonce.Length; i++)
            nonce[i] ^= _salt[i];
    }
}
