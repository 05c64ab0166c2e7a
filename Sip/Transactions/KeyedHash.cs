using System.Buffers.Binary;
using System.Numerics;

namespace Webphone.Sip.Transactions;

/// <summary>
/// SipHash-2-4 with a 128-bit result over a sequence of fields. Transactions and dialogs are found by it: 128 bits under a secret key stand for
/// the text of their identifiers, so that a lookup keeps and compares no strings and no peer can make two identifiers collide.
/// </summary>
public ref struct KeyedHash
{
    private ulong _v0;
    private ulong _v1;
    private ulong _v2;
    private ulong _v3;
    private ulong _tail;
    private int _length;

    public KeyedHash(in HashSeed seed)
    {
        _v0 = seed.K0 ^ 0x736f6d6570736575UL;
        _v1 = seed.K1 ^ 0x646f72616e646f6dUL ^ 0xee;
        _v2 = seed.K0 ^ 0x6c7967656e657261UL;
        _v3 = seed.K1 ^ 0x7465646279746573UL;
    }

    /// <summary>Adds a field as it is. Its end is marked, so that "a","bc" and "ab","c" differ.</summary>
    public void Add(scoped ReadOnlySpan<byte> field)
    {
        Bytes(field);
        End(field.Length);
    }

    /// <summary>Adds a field in which ASCII upper and lower case are the same.</summary>
    public void AddIgnoreCase(scoped ReadOnlySpan<byte> field)
    {
        Span<byte> lower = stackalloc byte[64];
        var rest = field;
        while (!rest.IsEmpty)
        {
            var part = rest[..Math.Min(rest.Length, lower.Length)];
            for (var i = 0; i < part.Length; i++)
                lower[i] = part[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(part[i] | 0x20) : part[i];
            Bytes(lower[..part.Length]);
            rest = rest[part.Length..];
        }
        End(field.Length);
    }

    /// <summary>Adds a number.</summary>
    public void Add(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Bytes(bytes);
    }

    /// <summary>The hash of all that was added. The struct must not be used further.</summary>
    public UInt128 Finish()
    {
        var last = _tail | ((ulong)_length << 56);
        _v3 ^= last;
        Round();
        Round();
        _v0 ^= last;
        _v2 ^= 0xee;
        for (var i = 0; i < 4; i++)
            Round();
        var low = _v0 ^ _v1 ^ _v2 ^ _v3;
        _v1 ^= 0xdd;
        for (var i = 0; i < 4; i++)
            Round();
        return new UInt128(_v0 ^ _v1 ^ _v2 ^ _v3, low);
    }

    private void End(int length)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, ~length);
        Bytes(bytes);
    }

    private void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        var filled = _length & 7;
        _length += bytes.Length;
        if (filled != 0)
        {
            while (filled < 8 && !bytes.IsEmpty)
            {
                _tail |= (ulong)bytes[0] << (8 * filled++);
                bytes = bytes[1..];
            }
            if (filled < 8)
                return;
            Word(_tail);
        }
        while (bytes.Length >= 8)
        {
            Word(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        _tail = 0;
        for (var i = 0; i < bytes.Length; i++)
            _tail |= (ulong)bytes[i] << (8 * i);
    }

    private void Word(ulong word)
    {
        _v3 ^= word;
        Round();
        Round();
        _v0 ^= word;
    }

    private void Round()
    {
        _v0 += _v1;
        _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
        _v0 = BitOperations.RotateLeft(_v0, 32);
        _v2 += _v3;
        _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
        _v0 += _v3;
        _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
        _v2 += _v1;
        _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
        _v2 = BitOperations.RotateLeft(_v2, 32);
    }
}
