using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Media;
using Webphone.Media.Files;
using Webphone.Media.Playback;
using Webphone.Media.Tones;

namespace Webphone.Silo.MediaNode;

/// <summary>
/// The sounds of an installation, each loaded once: tones of its region, the hold music of each tenant, and files by name. A file
/// that cannot be played is replaced by what a caller understands anyway: the default music, or the error beeps.
/// </summary>
public sealed partial class SoundLibrary(SoundOptions options, ILogger<SoundLibrary> logger)
{
    private const long MaxFileSize = 64 * 1024 * 1024;
    private readonly ConcurrentDictionary<string, IAudioClip> _music = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, IAudioClip> _files = new(StringComparer.OrdinalIgnoreCase);

    public IAudioClip Find(MediaSource source) => source.Kind switch
    {
        MediaSourceKind.HoldMusic => _music.GetOrAdd(source.Name, LoadMusic),
        MediaSourceKind.File => FindFile(source.Name),
        _ => TonePlan.Get(ToTone(source.Tone), options.Region),
    };

    private static CallTone ToTone(ProgressTone tone) => tone switch
    {
        ProgressTone.Ringback => CallTone.Ringback,
        ProgressTone.Busy => CallTone.Busy,
        ProgressTone.Congestion => CallTone.Congestion,
        ProgressTone.ConfirmOn => CallTone.ConfirmOn,
        ProgressTone.ConfirmOff => CallTone.ConfirmOff,
        ProgressTone.Beep => CallTone.Beep,
        _ => CallTone.Error,
    };

    private IAudioClip LoadMusic(string tenant) =>
        options.HoldMusic.TryGetValue(tenant, out var path) ? TryLoad(path, repeat: true) ?? HoldMusic.Default : HoldMusic.Default;

    private IAudioClip FindFile(string name)
    {
        // The name comes from configuration that a tenant may write: it names a file in the folder and nothing else.
        if (options.Folder is null || name.Length == 0 || name != Path.GetFileName(name) || name.StartsWith('.'))
            return TonePlan.Get(CallTone.Error, options.Region);
        if (_files.TryGetValue(name, out var known))
            return known;
        var clip = TryLoad(Path.Combine(options.Folder, name), repeat: false);
        return clip is null ? TonePlan.Get(CallTone.Error, options.Region) : _files.GetOrAdd(name, clip);
    }

    private PcmClip? TryLoad(string path, bool repeat)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Length > MaxFileSize)
            {
                LogTooLarge(path, MaxFileSize);
                return null;
            }
            if (WavReader.TryRead(File.ReadAllBytes(path), out var samples, out var rate, out var error))
                return new PcmClip(samples, rate, repeat);
            LogUnplayable(path, error);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(path, e.Message);
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sound file {Path} is larger than {Limit} bytes and is not played.")]
    private partial void LogTooLarge(string path, long limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sound file {Path} cannot be played: {Reason}.")]
    private partial void LogUnplayable(string path, WavError reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sound file {Path} cannot be read: {Reason}")]
    private partial void LogUnreadable(string path, string reason);
}
