using System.Buffers.Binary;

namespace Webphone.Media.Dtmf;

/// <summary>The payload of a telephone-event packet (RFC 4733 section 2.3).</summary>
/// <param name="Event">0..9 digits, 10 star, 11 pound, 12..15 A..D, 16 flash; others are other tones and signals.</param>
/// <param name="End">The event is over.</param>
/// <param name="Volume">Level below 0 dBm0, in dB (0..63).</param>
/// <param name="DurationTicks">How long it lasted so far, in ticks of the event's clock.</param>
public readonly record struct TelephoneEvent(byte Event, bool End, byte Volume, ushort DurationTicks)
{
    public const int Size = 4;

    public static bool TryParse(ReadOnlySpan<byte> payload, out TelephoneEvent value)
    {
        value = default;
        if (payload.Length < Size)
            return false;
        value = new TelephoneEvent(payload[0], (payload[1] & 0x80) != 0, (byte)(payload[1] & 0x3F), BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
        return true;
    }

    public void Write(Span<byte> destination)
    {
        destination[0] = Event;
        destination[1] = (byte)((End ? 0x80 : 0) | (Volume & 0x3F));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], DurationTicks);
    }
}
