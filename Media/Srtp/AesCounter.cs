using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using AesX86 = System.Runtime.Intrinsics.X86.Aes;

namespace Webphone.Media.Srtp;

/// <summary>AES in counter mode as RFC 3711 section 4.1.1 uses it, with 128 or 256 bits (RFC 6188): with the processor's AES where it has it, else the system's.</summary>
internal sealed class AesCounter : IDisposable
{
    private const int Block = 16;
    private readonly Vector128<byte>[]? _roundKeys;
    private readonly Aes? _aes;
    private readonly ICryptoTransform? _transform;
    private readonly byte[] _counters = [];
    private readonly byte[] _keystream = [];

    public AesCounter(ReadOnlySpan<byte> key, bool useProcessor = true)
    {
        if (useProcessor && AesX86.IsSupported)
        {
            _roundKeys = key.Length == 32 ? AesKeySchedule.Expand256(key) : AesKeySchedule.Expand128(key);
            return;
        }
        _aes = Aes.Create();
        _aes.Key = key.ToArray();
#pragma warning disable CA5358 // Counter mode is built on the raw block cipher.
        _aes.Mode = CipherMode.ECB;
#pragma warning restore CA5358
        _aes.Padding = PaddingMode.None;
        _transform = _aes.CreateEncryptor();
        _counters = new byte[2048];
        _keystream = new byte[2048];
    }

    /// <summary>Encrypts or decrypts in place; at most 65536 blocks, since the counter is the last two bytes.</summary>
    /// <param name="iv">Sixteen bytes, the last two of them zero.</param>
    /// <param name="data">Changed in place.</param>
    /// <param name="first">The first block's counter.</param>
    public void Apply(ReadOnlySpan<byte> iv, Span<byte> data, ushort first = 0)
    {
        if (_roundKeys is not null)
            ApplyProcessor(_roundKeys, iv, data, first);
        else
            ApplySystem(iv, data, first);
    }

    public void Dispose()
    {
        _transform?.Dispose();
        _aes?.Dispose();
    }

    private static void ApplyProcessor(Vector128<byte>[] keys, ReadOnlySpan<byte> iv, Span<byte> data, ushort first)
    {
        var start = Vector128.Create(iv[..Block]).AsUInt16();
        var n = first;
        for (; data.Length >= 4 * Block; data = data[(4 * Block)..], n += 4)
            Apply4(keys, start, n, data);
        for (; data.Length >= Block; data = data[Block..])
            (Vector128.Create<byte>(data) ^ Encrypt(keys, At(start, n++))).CopyTo(data);
        if (data.IsEmpty)
            return;
        Span<byte> stream = stackalloc byte[Block];
        Encrypt(keys, At(start, n)).CopyTo(stream);
        for (var i = 0; i < data.Length; i++)
            data[i] ^= stream[i];
    }

    private static Vector128<byte> At(Vector128<ushort> start, ushort counter) => start.WithElement(7, BinaryPrimitives.ReverseEndianness(counter)).AsByte();

    private static Vector128<byte> Encrypt(ReadOnlySpan<Vector128<byte>> keys, Vector128<byte> state)
    {
        state ^= keys[0];
        for (var round = 1; round < keys.Length - 1; round++)
            state = AesX86.Encrypt(state, keys[round]);
        return AesX86.EncryptLast(state, keys[^1]);
    }

    /// <summary>Four blocks side by side: the processor begins a round of the next while that of the first is on its way.</summary>
    private static void Apply4(ReadOnlySpan<Vector128<byte>> keys, Vector128<ushort> start, ushort n, Span<byte> data)
    {
        var (a, b, c, d) = (At(start, n) ^ keys[0], At(start, (ushort)(n + 1)) ^ keys[0], At(start, (ushort)(n + 2)) ^ keys[0], At(start, (ushort)(n + 3)) ^ keys[0]);
        for (var round = 1; round < keys.Length - 1; round++)
        {
            var key = keys[round];
            a = AesX86.Encrypt(a, key);
            b = AesX86.Encrypt(b, key);
            c = AesX86.Encrypt(c, key);
            d = AesX86.Encrypt(d, key);
        }
        var last = keys[^1];
        (Vector128.Create<byte>(data) ^ AesX86.EncryptLast(a, last)).CopyTo(data);
        (Vector128.Create<byte>(data[Block..]) ^ AesX86.EncryptLast(b, last)).CopyTo(data[Block..]);
        (Vector128.Create<byte>(data[(2 * Block)..]) ^ AesX86.EncryptLast(c, last)).CopyTo(data[(2 * Block)..]);
        (Vector128.Create<byte>(data[(3 * Block)..]) ^ AesX86.EncryptLast(d, last)).CopyTo(data[(3 * Block)..]);
    }

    private void ApplySystem(ReadOnlySpan<byte> iv, Span<byte> data, ushort first)
    {
        var blocks = (data.Length + Block - 1) / Block;
        if (blocks * Block > _counters.Length)
            throw new ArgumentException("A packet is at most 2048 bytes.", nameof(data));
        for (var n = 0; n < blocks; n++)
        {
            iv[..Block].CopyTo(_counters.AsSpan(n * Block));
            BinaryPrimitives.WriteUInt16BigEndian(_counters.AsSpan(n * Block + 14), (ushort)(first + n));
        }
        if (blocks > 0)
            _transform!.TransformBlock(_counters, 0, blocks * Block, _keystream, 0);
        for (var i = 0; i < data.Length; i++)
            data[i] ^= _keystream[i];
    }
}
