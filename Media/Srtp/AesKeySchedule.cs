using System.Runtime.Intrinsics;
using AesX86 = System.Runtime.Intrinsics.X86.Aes;

namespace Webphone.Media.Srtp;

/// <summary>The round keys of AES (FIPS 197 section 5.2) by the processor's own instruction, whose constants must be literals.</summary>
internal static class AesKeySchedule
{
    public static Vector128<byte>[] Expand128(ReadOnlySpan<byte> key)
    {
        var keys = new Vector128<byte>[11];
        keys[0] = Vector128.Create<byte>(key);
        keys[1] = Next(keys[0], AesX86.KeygenAssist(keys[0], 0x01), 3);
        keys[2] = Next(keys[1], AesX86.KeygenAssist(keys[1], 0x02), 3);
        keys[3] = Next(keys[2], AesX86.KeygenAssist(keys[2], 0x04), 3);
        keys[4] = Next(keys[3], AesX86.KeygenAssist(keys[3], 0x08), 3);
        keys[5] = Next(keys[4], AesX86.KeygenAssist(keys[4], 0x10), 3);
        keys[6] = Next(keys[5], AesX86.KeygenAssist(keys[5], 0x20), 3);
        keys[7] = Next(keys[6], AesX86.KeygenAssist(keys[6], 0x40), 3);
        keys[8] = Next(keys[7], AesX86.KeygenAssist(keys[7], 0x80), 3);
        keys[9] = Next(keys[8], AesX86.KeygenAssist(keys[8], 0x1B), 3);
        keys[10] = Next(keys[9], AesX86.KeygenAssist(keys[9], 0x36), 3);
        return keys;
    }

    public static Vector128<byte>[] Expand256(ReadOnlySpan<byte> key)
    {
        var keys = new Vector128<byte>[15];
        keys[0] = Vector128.Create<byte>(key);
        keys[1] = Vector128.Create<byte>(key[16..]);
        Pair(keys, 2, AesX86.KeygenAssist(keys[1], 0x01));
        Pair(keys, 4, AesX86.KeygenAssist(keys[3], 0x02));
        Pair(keys, 6, AesX86.KeygenAssist(keys[5], 0x04));
        Pair(keys, 8, AesX86.KeygenAssist(keys[7], 0x08));
        Pair(keys, 10, AesX86.KeygenAssist(keys[9], 0x10));
        Pair(keys, 12, AesX86.KeygenAssist(keys[11], 0x20));
        keys[14] = Next(keys[12], AesX86.KeygenAssist(keys[13], 0x40), 3);
        return keys;
    }

    /// <summary>Two round keys of the longer key; the second takes the substituted word without rotation.</summary>
    private static void Pair(Vector128<byte>[] keys, int at, Vector128<byte> assist)
    {
        keys[at] = Next(keys[at - 2], assist, 3);
        keys[at + 1] = Next(keys[at - 1], AesX86.KeygenAssist(keys[at], 0), 2);
    }

    private static Vector128<byte> Next(Vector128<byte> key, Vector128<byte> assist, int word)
    {
        Span<uint> words = stackalloc uint[4];
        key.AsUInt32().CopyTo(words);
        words[0] ^= assist.AsUInt32().GetElement(word);
        words[1] ^= words[0];
        words[2] ^= words[1];
        words[3] ^= words[2];
        return Vector128.Create<uint>(words).AsByte();
    }
}
