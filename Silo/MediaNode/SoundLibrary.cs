using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Media;
using Webphone.Grains.Recordings;
using Webphone.Media.Files;
using Webphone.Media.Playback;
using Webphone.Media.Tones;

namespace Webphone.Silo.MediaNode;

/// <summary>
/// The sounds of an installation: tones of its region, the hold music of each tenant, and files by name. A file is loaded at its first
/// use and again when it changed. One that cannot be played is replaced by what a caller understands anyway: the default music, or
/// the error beeps.
/// </summary>
public sealed partial class SoundLibrary(SoundOptions options, ILogger<SoundLibrary> logger)
{
    private const long MaxFileSize = 64 * 1024 * 1024;
    private readonly ConcurrentDictionary<(string Path, bool Repeat), Loaded> _files = new();

    public IAudioClip Find(MediaSource source) => source.Kind switch
    {
        MediaSourceKind.HoldMusic => FindMusic(source.Name),
        MediaSourceKind.File => FindFile(source.Name),
        MediaSourceKind.Number => FindNumber(source.Name),
        _ => TonePlan.Get(ToTone(source.Tone), options.Region),
    };

    /// <summary>What is heard before a recording begins; null for nothing.</summary>
    public IAudioClip? FindNotice(string tenant, RecordingNotice notice) => notice switch
    {
        RecordingNotice.Beep => TonePlan.Get(CallTone.Beep, options.Region),
        RecordingNotice.Announcement => (options.Announcement(tenant) is { } path ? Load(path, repeat: false) : null) ?? TonePlan.Get(CallTone.Recording, options.Region),
        _ => null,
    };

    private static CallTone ToTone(ProgressTone tone) => tone switch
    {
        ProgressTone.Ringback => CallTone.Ringback,
        ProgressTone.Busy => CallTone.Busy,
        ProgressTone.Congestion => CallTone.Congestion,
        ProgressTone.ConfirmOn => CallTone.ConfirmOn,
        ProgressTone.ConfirmOff => CallTone.ConfirmOff,
        ProgressTone.Beep => CallTone.Beep,
        ProgressTone.Entry => CallTone.Entry,
        ProgressTone.Exit => CallTone.Exit,
        ProgressTone.Refused => CallTone.Error,
        _ => CallTone.Error,
    };

    private IAudioClip FindMusic(string tenant) =>
        options.HoldMusic(tenant) is { } path ? Load(path, repeat: true) ?? HoldMusic.Default : HoldMusic.Default;

    private IAudioClip FindFile(string name)
    {
        // The name comes from configuration that a tenant may write: it names a file in the folder and nothing else.
        if (options.Folder is null || name.Length == 0 || name != Path.GetFileName(name) || name.StartsWith('.'))
            return TonePlan.Get(CallTone.Error, options.Region);
        return Load(Path.Combine(options.Folder, name), repeat: false) ?? TonePlan.Get(CallTone.Error, options.Region);
    }

    /// <summary>Each digit by its file (<c>digit-7.wav</c>) where the folder has one, else by as many beeps, ten for 0.</summary>
    private SequenceClip FindNumber(string digits) => new([.. digits.Where(char.IsAsciiDigit).Select(digit =>
        (options.Folder is { } folder && Path.Combine(folder, $"digit-{digit}.wav") is var path && File.Exists(path) ? Load(path, repeat: false) : null) ?? TonePlan.Count(digit == '0' ? 10 : digit - '0'))]);

    /// <summary>Null for a file that cannot be played, of which the log tells once, until it changes.</summary>
    private PcmClip? Load(string path, bool repeat)
    {
        var file = new FileInfo(path);
        var (written, size) = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (_files.TryGetValue((path, repeat), out var known) && (known.Written, known.Size) == (written, size))
            return known.Clip;
        var clip = TryRead(path, size, repeat);
        _files[(path, repeat)] = new Loaded(clip, written, size);
        return clip;
    }

    private PcmClip? TryRead(string path, long size, bool repeat)
    {
        try
        {
            if (size > MaxFileSize)
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

    private sealed record Loaded(PcmClip? Clip, DateTime Written, long Size);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sound file {Path} is larger than {Limit} bytes and is not played.")]
    private partial void LogTooLarge(string path, long limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sound file {Path} cannot be played: {Reason}.")]
    private partial void LogUnplayable(string path, WavError reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sound file {Path} cannot be read: {Reason}")]
    private partial void LogUnreadable(string path, string reason);
}
