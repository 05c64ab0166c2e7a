using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Media;
using Webphone.Grains.Recordings;
using Webphone.Media.Recording;
using Webphone.Net.Media;
using Webphone.Silo.Storage.Recordings;

namespace Webphone.Silo.MediaNode.Recordings;

/// <summary>The recorders of this node. Thread-safe.</summary>
internal sealed partial class LocalRecorder : IRecorder, IAsyncDisposable
{
    /// <summary>With less room on the disk no recording begins: what goes on is to be finished.</summary>
    private const long LeastFreeSpace = 256L * 1024 * 1024;

    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);

    private readonly string _node;
    private readonly LocalMediaNode _media;
    private readonly SoundLibrary _sounds;
    private readonly RecordingFolder _folder;
    private readonly RecordingCloser _closer;
    private readonly RecordingWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Meter _meter = new(SiloMetrics.MeterName);
    private readonly Counter<long> _made;
    private readonly Counter<double> _missing;
    private readonly Counter<long> _refused;
    private readonly ConcurrentDictionary<Task, bool> _work = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<bool>>> _beginning = new();
    private readonly StoppedRecordings _stopped = new();

    public LocalRecorder(string node, LocalMediaNode media, SoundLibrary sounds, string folder, RecordingStore store, TimeProvider time, ILogger<LocalRecorder> logger)
    {
        _node = node;
        _media = media;
        _sounds = sounds;
        _folder = new RecordingFolder(folder);
        _time = time;
        _logger = logger;
        _closer = new RecordingCloser(_folder, store, time, logger);
        _writer = new RecordingWriter(Finished);
        _made = _meter.CreateCounter<long>("webphone.recordings.made", "{recording}", "Recordings that were completed");
        _missing = _meter.CreateCounter<double>("webphone.recordings.missing", "s", "What is missing of recordings because the disk was too slow or full");
        _refused = _meter.CreateCounter<long>("webphone.recordings.refused", "{recording}", "Recordings that could not begin");
        _meter.CreateObservableGauge("webphone.recordings.open", () => _writer.Count, "{recording}", "Recordings that go on");
    }

    /// <summary>Closes what an earlier process has left; in the background, since long files take their time.</summary>
    public void Start()
    {
        var left = _folder.ListOpen();
        if (left.Count > 0)
            Background(_closer.Recover(left, _giveUp.Token));
    }

    public async Task<bool> Record(EndpointId endpoint, RecordingOrder order, bool paused)
    {
        if (_media.Find(endpoint) is not { } leg || _stopped.Contains(order.Id))
            return false;
        if (leg.Recorder is { } running)
        {
            if (running.Name == order.Id)
            {
                running.IsPaused = paused;
                return true;
            }
            leg.StopRecording();
        }
        // A disk that hangs may be asked for the same twice: who asks again hears how the first went.
        var beginning = _beginning.GetOrAdd(order.Id, _ => new Lazy<Task<bool>>(() => Begin(leg, order, paused)));
        try
        {
            return await beginning.Value;
        }
        finally
        {
            _beginning.TryRemove(KeyValuePair.Create(order.Id, beginning));
        }
    }

    public Task Pause(EndpointId endpoint, string id, bool paused)
    {
        if (_media.Find(endpoint)?.Recorder is { } recorder && recorder.Name == id)
            recorder.IsPaused = paused;
        return Task.CompletedTask;
    }

    public Task Stop(EndpointId endpoint, string id)
    {
        if (id.Length > 0)
            _stopped.Add(id);
        if (_media.Find(endpoint) is { Recorder: { } recorder } leg && (id.Length == 0 || recorder.Name == id))
            leg.StopRecording();
        return Task.CompletedTask;
    }

    public Task Cue(EndpointId endpoint, ProgressTone tone)
    {
        _media.Find(endpoint)?.PlayOver(_sounds.Find(MediaSource.OfTone(tone)));
        return Task.CompletedTask;
    }

    public async Task<byte[]?> Read(RecordingFile file, long offset, int count)
    {
        if (_folder.PathOf(file) is not { } path || offset < 0 || !File.Exists(path))
            return null;
        try
        {
            using var handle = File.OpenHandle(path, options: FileOptions.Asynchronous);
            var wanted = Math.Clamp(Math.Min(count, RandomAccess.GetLength(handle) - offset), 0, RecordingLimits.MaxRead);
            var bytes = new byte[wanted];
            var read = await RandomAccess.ReadAsync(handle, bytes, offset);
            return read == bytes.Length ? bytes : bytes[..read];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(file.Id, error);
            return null;
        }
    }

    public async Task<byte[]?> ReadPeaks(RecordingFile file, int most)
    {
        if (_folder.PeaksOf(file) is not { } path || !File.Exists(path))
            return null;
        return RecordingPeaks.Reduce(await File.ReadAllBytesAsync(path), Math.Clamp(most, 1, RecordingLimits.MaxPeaks));
    }

    public Task Delete(RecordingFile file) => Task.Run(() => _folder.Delete(file));

    /// <summary>Completes the recordings that go on, and returns when the store has them, or when it takes too long: the next start does the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.Run(_writer.Dispose);
        await Task.WhenAll(_work.Keys).WaitAsync(StopTime, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _giveUp.CancelAsync();
        _meter.Dispose();
    }

    private async Task<bool> Begin(MediaEndpoint leg, RecordingOrder order, bool paused)
    {
        var open = await Task.Run(() => TryOpen(order));
        if (open is null)
        {
            _refused.Add(1);
            return false;
        }
        var notice = _sounds.FindNotice(order.Tenant, order.Notice);
        var recorder = leg.Record(order.Id, open, notice?.Duration ?? TimeSpan.Zero, paused);
        if (recorder is null)
            open.End();
        else if (_stopped.Contains(order.Id))
            leg.StopRecording();
        else if (notice is not null)
            leg.Announce(notice);
        _writer.Add(open);
        Background(_closer.Begun(open.Recording, _giveUp.Token));
        return leg.Recorder is not null;
    }

    private OpenRecording? TryOpen(RecordingOrder order)
    {
        var coding = RecordingEncoders.Possible(order.Kind == RecordingFileKind.Opus ? RecordingCoding.Opus : RecordingCoding.Wav);
        var recording = new RecordingView(
            order.Id, order.Tenant, order.Extension, order.CallKey, order.Direction, order.Peer, _node,
            coding == RecordingCoding.Opus ? RecordingFileKind.Opus : RecordingFileKind.Wav, _time.GetUtcNow(), null, TimeSpan.Zero, 0, "", TimeSpan.Zero, Interrupted: false);
        if (_folder.PathOf(recording.File) is not { } path)
            return null;
        FileStream? file = null;
        try
        {
            if (_folder.FreeSpace() < LeastFreeSpace)
            {
                LogNoRoom(order.Id, LeastFreeSpace);
                return null;
            }
            _folder.Begin(recording);
            file = New(path);
            return new OpenRecording(recording, file, New(_folder.PeaksOf(recording.File)!));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            LogNotBegun(order.Id, error);
            return null;
        }
    }

    /// <summary>Without a buffer of its own: what is flushed is to be in the hands of the system, which outlives this process. Open for those who listen already.</summary>
    private static FileStream New(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    private void Finished(OpenRecording recording)
    {
        _made.Add(1);
        if (recording.Missing > TimeSpan.Zero)
            _missing.Add(recording.Missing.TotalSeconds);
        if (recording.Fault is { } fault)
            LogFault(recording.Recording.Id, recording.Missing, fault);
        Background(Task.Run(() => _closer.Ended(recording.Recording, recording.Duration, recording.Missing, interrupted: false, _giveUp.Token)));
    }

    private void Background(Task work)
    {
        _work[work] = true;
        _ = work.ContinueWith(done => _work.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Recording {Id} does not begin: less than {Least} bytes are free")]
    private partial void LogNoRoom(string id, long least);

    [LoggerMessage(Level = LogLevel.Error, Message = "Recording {Id} does not begin")]
    private partial void LogNotBegun(string id, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Recording {Id} was cut short by the disk, {Missing} are missing")]
    private partial void LogFault(string id, TimeSpan missing, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Recording {Id} cannot be read")]
    private partial void LogUnreadable(string id, Exception error);
}
