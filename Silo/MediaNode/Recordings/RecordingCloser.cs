using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Recordings;
using Webphone.Media.Recording;
using Webphone.Silo.Storage.Recordings;

namespace Webphone.Silo.MediaNode.Recordings;

/// <summary>What becomes of a recording's file when nothing more is written to it: its size and hash go to the store, and what a process that died has left is repaired first.</summary>
internal sealed partial class RecordingCloser(RecordingFolder folder, RecordingStore store, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>Tells the store of a recording that begins; tried again until it is written or <paramref name="giveUp"/>.</summary>
    public Task Begun(RecordingView recording, CancellationToken giveUp) => Save(recording, giveUp);

    public async Task Ended(RecordingView recording, TimeSpan duration, TimeSpan missing, bool interrupted, CancellationToken giveUp)
    {
        try
        {
            var path = folder.PathOf(recording.File)!;
            // Before the store says that it is there: what it says outlives a power cut, so the file must.
            MakeDurable(path);
            MakeDurable(folder.PeaksOf(recording.File)!);
            var ended = recording with
            {
                EndedAt = interrupted ? File.GetLastWriteTimeUtc(path) : time.GetUtcNow(),
                Duration = duration,
                Missing = missing,
                Interrupted = interrupted,
                Size = new FileInfo(path).Length,
                Sha256 = await HashOf(path, giveUp),
            };
            if (await Save(ended, giveUp))
                folder.Close(recording);
            LogEnded(recording.Id, recording.Tenant, ended.Size, duration, missing);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Its note stays, so the next start tries again.
            LogNotClosed(recording.Id, error);
        }
        catch (OperationCanceledException)
        {
            // The same.
        }
    }

    /// <summary>Repairs and closes what a process that died has left; what holds nothing is removed.</summary>
    public async Task Recover(IReadOnlyList<RecordingView> left, CancellationToken giveUp)
    {
        foreach (var recording in left)
        {
            try
            {
                if (Repair(recording) is { } duration)
                {
                    await Ended(recording, duration, TimeSpan.Zero, interrupted: true, giveUp);
                    LogRepaired(recording.Id, duration);
                }
                else
                {
                    folder.Delete(recording.File);
                    await store.Delete(recording.Tenant, new RecordingAccess(recording.Id, recording.Extension, "", RecordingUse.Expire, time.GetUtcNow(), ""));
                    folder.Close(recording);
                }
            }
            catch (Exception error)
            {
                // The edge of one recording: the others are looked at all the same, this one at the next start.
                LogNotClosed(recording.Id, error);
            }
        }
    }

    private TimeSpan? Repair(RecordingView recording)
    {
        var path = folder.PathOf(recording.File)!;
        if (!File.Exists(path))
            return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var tail = new byte[Math.Min(file.Length, RecordingRepair.TailSize)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        var coding = recording.Kind == RecordingFileKind.Opus ? RecordingCoding.Opus : RecordingCoding.Wav;
        if (RecordingRepair.Find(coding, file.Length, tail) is not { } repair)
            return null;
        var written = File.GetLastWriteTimeUtc(path);
        file.SetLength(repair.Length);
        file.Position = repair.PatchAt;
        file.Write(repair.Patch);
        file.Dispose();
        // When it was written last is when it ended.
        File.SetLastWriteTimeUtc(path, written);
        return repair.Duration;
    }

    private static void MakeDurable(string path)
    {
        if (!File.Exists(path))
            return;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    private static async Task<string> HashOf(string path, CancellationToken giveUp)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, giveUp));
    }

    private async Task<bool> Save(RecordingView recording, CancellationToken giveUp)
    {
        while (!giveUp.IsCancellationRequested)
        {
            try
            {
                await store.Save(recording);
                return true;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
            catch (Exception error)
            {
                // The store is away: a loop's edge.
                LogNotSaved(recording.Id, error.Message);
                await Task.Delay(AgainAfter, time, giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        return false;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Recording {Id} of {Tenant} is complete: {Size} bytes, {Duration}, of which {Missing} are missing")]
    private partial void LogEnded(string id, string tenant, long size, TimeSpan duration, TimeSpan missing);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Recording {Id} was cut off and is repaired: {Duration} can be played")]
    private partial void LogRepaired(string id, TimeSpan duration);

    [LoggerMessage(Level = LogLevel.Error, Message = "Recording {Id} could not be closed; the next start tries again")]
    private partial void LogNotClosed(string id, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Recording {Id} could not be written to the store and will be again: {Reason}")]
    private partial void LogNotSaved(string id, string reason);
}
