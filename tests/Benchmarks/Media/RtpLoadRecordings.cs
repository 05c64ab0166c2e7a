using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Recordings;
using Webphone.Net.Media;
using Webphone.Silo.MediaNode.Recordings;

namespace Webphone.Benchmarks.Media;

/// <summary>Records one leg of each call of <see cref="RtpLoad"/> to files, as the silo does.</summary>
internal sealed class RtpLoadRecordings : IDisposable
{
    private readonly RecordingWriter _writer = new(static _ => { });
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtp-load-");

    public RtpLoadRecordings(IEnumerable<MediaEndpoint> legs, RecordingFileKind kind)
    {
        foreach (var leg in legs)
        {
            var id = Guid.NewGuid().ToString("N");
            var view = new RecordingView(
                id, "load", "101", id, CallDirection.Outbound, new Party("", "102"), "here", kind, DateTimeOffset.UtcNow, null, TimeSpan.Zero, 0, "", TimeSpan.Zero, Interrupted: false);
            var recording = new OpenRecording(view, New(id), New($"{id}.peaks"));
            leg.Record(id, recording, TimeSpan.Zero, paused: false);
            _writer.Add(recording);
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        Console.WriteLine($"recordings: {_folder.EnumerateFiles().Sum(file => file.Length)} bytes");
        _folder.Delete(recursive: true);
    }

    private FileStream New(string name) => new(Path.Combine(_folder.FullName, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
}
