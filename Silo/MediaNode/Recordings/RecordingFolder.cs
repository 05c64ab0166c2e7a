using System.Globalization;
using System.Text.Json;
using Webphone.Grains.Browsers;
using Webphone.Grains.Recordings;

namespace Webphone.Silo.MediaNode.Recordings;

/// <summary>
/// Where recordings lie: a folder for each tenant and month, names that nobody guesses. Beside a recording that goes on lies a note of what it is, which stays until
/// the store knows how it ended: what a process that died has left is found by it.
/// </summary>
internal sealed class RecordingFolder(string root)
{
    private const string NoteSuffix = ".open";

    /// <summary>Null for a name that is none of ours.</summary>
    public string? PathOf(RecordingFile file) => Stem(file) is { } stem ? stem + (file.Kind == RecordingFileKind.Opus ? ".ogg" : ".wav") : null;

    public string? PeaksOf(RecordingFile file) => Stem(file) is { } stem ? stem + ".peaks" : null;

    /// <summary>Makes the folder of a recording, and its note.</summary>
    public void Begin(RecordingView recording)
    {
        var note = Note(recording);
        Directory.CreateDirectory(Path.GetDirectoryName(note)!);
        using var file = new FileStream(note, FileMode.Create, FileAccess.Write);
        JsonSerializer.Serialize(file, recording);
        // What a power cut leaves of the recording is found by it.
        file.Flush(flushToDisk: true);
    }

    public void Close(RecordingView recording) => File.Delete(Note(recording));

    public void Delete(RecordingFile file)
    {
        if (PathOf(file) is not { } path)
            return;
        foreach (var kept in (string[])[path, PeaksOf(file)!])
        {
            if (File.Exists(kept))
                File.Delete(kept);
        }
    }

    /// <summary>Recordings that were begun and never closed; notes that cannot be read are passed over.</summary>
    public List<RecordingView> ListOpen()
    {
        if (!Directory.Exists(root))
            return [];
        return [.. Directory.EnumerateFiles(root, "*" + NoteSuffix, SearchOption.AllDirectories).Select(Read).OfType<RecordingView>()];
    }

    public long FreeSpace()
    {
        Directory.CreateDirectory(root);
        return new DriveInfo(Path.GetFullPath(root)).AvailableFreeSpace;
    }

    private static RecordingView? Read(string note)
    {
        try
        {
            return JsonSerializer.Deserialize<RecordingView>(File.ReadAllText(note));
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string Note(RecordingView recording) => (Stem(recording.File) ?? throw new ArgumentException("This names no recording.", nameof(recording))) + NoteSuffix;

    private string? Stem(RecordingFile file)
    {
        var isTenant = file.Tenant.Length is > 0 and <= 63 && file.Tenant.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
        return isTenant && SessionKey.IsId(file.Id)
            ? Path.Combine(root, file.Tenant, file.StartedAt.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture), file.Id)
            : null;
    }
}
