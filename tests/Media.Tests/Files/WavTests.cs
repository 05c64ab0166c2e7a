using Webphone.Media.Files;
using Webphone.Media.Playback;

namespace Webphone.Media.Tests.Files;

public class WavTests
{
    [Fact]
    public void Reads_what_it_writes_and_plays_it_at_another_rate()
    {
        var file = WavWriter.Write(Sine.Make(500, 44100, 44100), 44100);
        Assert.True(WavReader.TryRead(file, out var samples, out var rate, out _));
        Assert.Equal((44100, 44100), (rate, samples.Length));
        var played = new short[8000];
        Assert.True(new PcmClip(samples, rate, repeat: false).Open(8000).Read(played));
        Assert.InRange(Sine.Amplitude(played.AsSpan(800, 6400), 500, 8000), 7800, 8200);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_or_shorter_and_never_throws()
    {
        var file = WavWriter.Write(Sine.Make(500, 8000, 100), 8000);
        for (var cut = 0; cut < file.Length; cut++)
            Assert.Equal(cut >= WavWriter.HeaderSize + 2, WavReader.TryRead(file.AsSpan(0, cut), out _, out _, out _));
    }

    [Theory]
    [InlineData(20, 2, WavError.UnsupportedCoding)]
    [InlineData(22, 3, WavError.UnsupportedChannels)]
    [InlineData(25, 1, WavError.UnsupportedRate)]
    public void Refuses_what_it_cannot_play(int at, byte value, WavError expected)
    {
        var file = WavWriter.Write(new short[100], 8000);
        file[at] = value;
        if (expected == WavError.UnsupportedRate)
            file[24] = 0;
        Assert.False(WavReader.TryRead(file, out _, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Random_bytes_in_a_file_never_throw()
    {
        var random = new Random(1);
        var file = WavWriter.Write(new short[200], 8000);
        for (var i = 0; i < 50000; i++)
        {
            var changed = (byte[])file.Clone();
            for (var n = random.Next(1, 8); n > 0; n--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            WavReader.TryRead(changed, out _, out _, out _);
        }
    }
}
