using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Grains.Media;
using Webphone.Media.Files;
using Webphone.Media.Playback;
using Webphone.Media.Tones;
using Webphone.Silo.MediaNode;

namespace Webphone.Silo.Tests.MediaNode;

public sealed class SoundLibraryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("webphone-sounds-").FullName;
    private readonly Dictionary<string, string> _music = [];
    private readonly SoundLibrary _library;

    public SoundLibraryTests() => _library = new SoundLibrary(
        new SoundOptions { HoldMusic = tenant => _music.GetValueOrDefault(tenant), Folder = _folder },
        NullLogger<SoundLibrary>.Instance);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_tenant_hears_its_own_music_and_the_others_the_generated_one()
    {
        _music["acme"] = Write("acme.wav", 1000);
        _music["globex"] = Write("globex.wav", 2000);
        Assert.Equal(1000, FirstSample(_library.Find(MediaSource.HoldMusic("acme"))));
        Assert.Equal(2000, FirstSample(_library.Find(MediaSource.HoldMusic("globex"))));
        Assert.Same(HoldMusic.Default, _library.Find(MediaSource.HoldMusic("initech")));
    }

    [Fact]
    public void Music_repeats_and_an_announcement_ends()
    {
        _music["acme"] = Write("sound.wav", 1000);
        var music = _library.Find(MediaSource.HoldMusic("acme")).Open(8000);
        var announcement = _library.Find(File("sound.wav")).Open(8000);
        var frame = new short[160];
        Assert.True(music.Read(frame) && announcement.Read(frame));
        Assert.True(music.Read(frame));
        Assert.False(announcement.Read(frame));
    }

    [Fact]
    public void Music_follows_the_configuration_without_a_restart()
    {
        _music["acme"] = Write("first.wav", 1000);
        var first = _library.Find(MediaSource.HoldMusic("acme"));
        Assert.Same(first, _library.Find(MediaSource.HoldMusic("acme")));
        _music["acme"] = Write("second.wav", 2000);
        Assert.Equal(2000, FirstSample(_library.Find(MediaSource.HoldMusic("acme"))));
        _music.Remove("acme");
        Assert.Same(HoldMusic.Default, _library.Find(MediaSource.HoldMusic("acme")));
    }

    [Fact]
    public void A_file_that_was_replaced_is_heard_at_the_next_hold()
    {
        _music["acme"] = Write("music.wav", 1000);
        Assert.Equal(1000, FirstSample(_library.Find(MediaSource.HoldMusic("acme"))));
        Write("music.wav", 2000, samples: 320);
        Assert.Equal(2000, FirstSample(_library.Find(MediaSource.HoldMusic("acme"))));
    }

    [Fact]
    public void A_bad_or_missing_file_is_replaced_by_the_generated_music_until_it_is_mended()
    {
        _music["acme"] = Path.Combine(_folder, "music.wav");
        Assert.Same(HoldMusic.Default, _library.Find(MediaSource.HoldMusic("acme")));
        System.IO.File.WriteAllText(_music["acme"], "not a sound");
        Assert.Same(HoldMusic.Default, _library.Find(MediaSource.HoldMusic("acme")));
        Assert.Same(HoldMusic.Default, _library.Find(MediaSource.HoldMusic("acme")));
        Write("music.wav", 1000);
        Assert.Equal(1000, FirstSample(_library.Find(MediaSource.HoldMusic("acme"))));
    }

    [Theory]
    [InlineData("../secret.wav")]
    [InlineData("/etc/secret.wav")]
    [InlineData("sub/secret.wav")]
    [InlineData("..")]
    [InlineData(".hidden.wav")]
    [InlineData("")]
    [InlineData("missing.wav")]
    public void A_name_that_leads_out_of_the_folder_or_nowhere_plays_the_error_tone(string name)
    {
        Write(".hidden.wav", 1000);
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        Write("sub/secret.wav", 1000);
        Assert.Same(TonePlan.Get(CallTone.Error, ToneRegion.Europe), _library.Find(File(name)));
    }

    [Fact]
    public void An_absolute_name_of_a_sound_in_the_folder_is_refused_too()
    {
        var path = Write("sound.wav", 1000);
        Assert.Same(TonePlan.Get(CallTone.Error, ToneRegion.Europe), _library.Find(File(path)));
        Assert.Equal(1000, FirstSample(_library.Find(File("sound.wav"))));
    }

    private static MediaSource File(string name) => new(MediaSourceKind.File, name, ProgressTone.None);

    private static short FirstSample(IAudioClip clip)
    {
        var frame = new short[160];
        clip.Open(8000).Read(frame);
        return frame[0];
    }

    private string Write(string name, short value, int samples = 160)
    {
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllBytes(path, WavWriter.Write(Enumerable.Repeat(value, samples).ToArray(), 8000));
        return path;
    }
}
