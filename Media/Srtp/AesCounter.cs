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
        Span<byte> counter = stackalloc byte[Block];
        iv[..Block].CopyTo(counter);
        Span<byte> stream = stackalloc byte[Block];
        var rounds = keys.Length - 1;
        for (var n = first; !data.IsEmpty; n++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(counter[14..], n);
            var state = Vector128.Create<byte>(counter) ^ keys[0];
            for (var round = 1; round < rounds; round++)
                state = AesX86.Encrypt(state, keys[round]);
            state = AesX86.EncryptLast(state, keys[rounds]);
            if (data.Length >= Block)
            {
                (Vector128.Create<byte>(data) ^ state).CopyTo(data);
                data = data[Block..];
                continue;
            }
            state.CopyTo(stream);
            for (var i = 0; i < data.Length; i++)
                data[i] ^= stream[i];
            return;
        }
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
