using System.Buffers.Binary;

namespace Webphone.System.Tests.Harness.Browser;

/// <summary>A WAV file with a tone, for a microphone that reads one over and over.</summary>
internal static class ToneFile
{
    private const int Rate = 48000;
    private const double Amplitude = 0.5;

    /// <param name="hertz">A whole number, so that the end goes on at the beginning.</param>
    /// <param name="length">Whole seconds.</param>
    public static byte[] Make(int hertz, TimeSpan length)
    {
        var samples = (int)(length.TotalSeconds * Rate);
        var file = new byte[44 + 2 * samples];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), Rate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), 2 * Rate);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), 2 * samples);
        for (var i = 0; i < samples; i++)
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + 2 * i), (short)(Amplitude * short.MaxValue * Math.Sin(2 * Math.PI * hertz * i / Rate)));
        return file;
    }
}
