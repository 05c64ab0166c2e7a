using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Webphone.Sip.Headers;

/// <summary>From the bytes of a header's name to the name: one multiplication finds the only candidate, two comparisons confirm its usual spelling.</summary>
internal sealed class HeaderNameLookup
{
    private const int Bits = 9;

    /// <summary>Found by search: with it no two known names share a slot. A new name may need a new one, which the constructor tells.</summary>
    private const ulong Factor = 0x2382_ED24_1D9D_A6D3;

    /// <summary>Makes the hash the same for both cases; the comparison decides what is equal.</summary>
    private const ulong IgnoreCase = 0x2020_2020_2020_2020;

    private readonly Slot[] _slots = new Slot[1 << Bits];
    private readonly HeaderName[] _compact = new HeaderName[128];

    public HeaderNameLookup(IEnumerable<(HeaderName Name, byte[] Text, char? Compact)> names)
    {
        foreach (var (name, text, compact) in names)
        {
            var ends = Ends.Of(text);
            ref var slot = ref _slots[ends.Hash];
            if (slot.Name != HeaderName.Unknown)
                throw new InvalidOperationException($"{slot.Name} and {name} share a slot: search another factor.");
            slot = new Slot(ends, name, text);
            if (compact is not { } letter)
                continue;
            _compact[letter] = name;
            _compact[char.ToUpperInvariant(letter)] = name;
        }
    }

    public HeaderName Find(ReadOnlySpan<byte> name)
    {
        if (name.Length < 2)
            return name.IsEmpty || name[0] > 127 ? HeaderName.Unknown : _compact[name[0]];
        var ends = Ends.Of(name);
        ref readonly var slot = ref _slots[ends.Hash];
        if (slot.Ends.Equals(ends) && (name.Length <= Ends.Covered || name.SequenceEqual(slot.Text)))
            return slot.Name;
        return slot.Ends.Length == name.Length && Ascii.EqualsIgnoreCase(name, slot.Text) ? slot.Name : HeaderName.Unknown;
    }

    /// <summary>The first and the last eight bytes of a name, which overlap in a short one and are fewer in a very short one.</summary>
    private readonly struct Ends(ulong head, ulong tail, int length)
    {
        /// <summary>Names up to this length are known by their ends alone.</summary>
        public const int Covered = 16;

        public int Length { get; } = length;

        public int Hash => (int)((((head | IgnoreCase) + BitOperations.RotateLeft(tail | IgnoreCase, 1) + (uint)Length) * Factor) >> (64 - Bits));

        /// <param name="name">Two bytes at least.</param>
        public static Ends Of(ReadOnlySpan<byte> name) => name.Length switch
        {
            >= 8 => new Ends(BinaryPrimitives.ReadUInt64LittleEndian(name), BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]), name.Length),
            >= 4 => new Ends(BinaryPrimitives.ReadUInt32LittleEndian(name), BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]), name.Length),
            _ => new Ends(BinaryPrimitives.ReadUInt16LittleEndian(name), name[^1], name.Length),
        };

        public bool Equals(in Ends other) => head == other.Head && tail == other.Tail && Length == other.Length;

        private ulong Head => head;

        private ulong Tail => tail;
    }

    private readonly record struct Slot(Ends Ends, HeaderName Name, byte[] Text);
}
