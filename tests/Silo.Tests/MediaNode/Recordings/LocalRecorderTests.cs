using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;
using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Media.Rtp;
using Webphone.Net.Media;
using Webphone.Silo.MediaNode;
using Webphone.Silo.MediaNode.Recordings;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.Storage.Recordings;
using Webphone.Silo.Tests.SipEdge;
using Webphone.Silo.Tests.Storage;

namespace Webphone.Silo.Tests.MediaNode.Recordings;

/// <summary>CTL-12, P21: recordings on a node, from packets to files and rows.</summary>
public sealed class LocalRecorderTests : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"webphone-recordings-{Guid.NewGuid():N}");
    private readonly MediaEngine _engine = new(new MediaOptions { FirstPort = 38000, LastPort = 38199 });
    private readonly SoundLibrary _sounds = new(new SoundOptions(), NullLogger<SoundLibrary>.Instance);
    private readonly List<Phone> _phones = [];
    private readonly LocalMediaNode _media;
    private OpenStore _store = null!;
    private RecordingStore _rows = null!;
    private LocalRecorder _recorder = null!;

    public LocalRecorderTests() => _media = new LocalMediaNode("n1", _engine, _sounds);

    private string Root => Path.Combine(_folder, "recordings");

    public async ValueTask InitializeAsync()
    {
        _store = await OpenStore.Open(new SqliteDatabase(_folder));
        _rows = new RecordingStore(_store.Database, _store.Writer);
        _recorder = New();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var phone in _phones)
            await phone.DisposeAsync();
        _engine.Dispose();
        await _recorder.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task CTL_12_both_sides_of_a_call_are_in_the_file_each_on_its_own_channel_and_the_row_says_what_it_is()
    {
        var (ann, bob) = Talk();
        var order = Order();
        Assert.True(await _recorder.Record(ann, order, paused: false));
        Assert.True(await _recorder.Record(ann, order, paused: false));
        await Grown(order, seconds: 2);
        Assert.Null((await _rows.Find("acme", order.Id))!.EndedAt);
        await _recorder.Stop(ann, order.Id);
        var row = await Ended(order);

        var file = await File.ReadAllBytesAsync(PathOf(row));
        Assert.Equal((file.Length, Convert.ToHexStringLower(SHA256.HashData(file))), ((int)row.Size, row.Sha256));
        var (left, right) = Channels(file);
        Assert.True(Sine.Amplitude(left, 440, 16000) > 10 * Sine.Amplitude(left, 1000, 16000));
        Assert.True(Sine.Amplitude(right, 1000, 16000) > 10 * Sine.Amplitude(right, 440, 16000));
        Assert.Equal(left.Length / 16000.0, row.Duration.TotalSeconds, 0.001);
        Assert.Equal(("101", "acme/c1", "102", TimeSpan.Zero, false), (row.Extension, row.CallKey, row.Peer.Number, row.Missing, row.Interrupted));
        var peaks = await _recorder.ReadPeaks(row.File, 100);
        Assert.Contains(peaks!, peak => peak > 30);
        Assert.Empty(Directory.GetFiles(Root, "*.open", SearchOption.AllDirectories));
        _ = bob;
    }

    [Fact]
    public async Task P21_a_pause_leaves_silence_on_both_sides()
    {
        var (ann, _) = Talk();
        var order = Order();
        await _recorder.Record(ann, order, paused: true);
        await Grown(order, seconds: 1);
        await _recorder.Pause(ann, order.Id, paused: false);
        await Loud(order);
        await _recorder.Pause(ann, order.Id, paused: true);
        // What was being written when it was paused is over now, however long the disk took.
        await Silent(order);
        var paused = (int)(Size(order) / 4);
        await Grown(order, seconds: paused / 16000.0 + 1);
        await _recorder.Stop(ann, order.Id);
        var (left, right) = Channels(await File.ReadAllBytesAsync(PathOf(await Ended(order))));
        Assert.Equal(0, left.AsSpan(paused).IndexOfAnyExcept((short)0) + 1);
        Assert.Equal(0, right.AsSpan(paused).IndexOfAnyExcept((short)0) + 1);
        Assert.Equal(0, left.AsSpan(0, 8000).IndexOfAnyExcept((short)0) + 1);
    }

    [Fact]
    public async Task P21_the_recording_ends_with_its_leg()
    {
        var (ann, _) = Talk();
        var order = Order();
        await _recorder.Record(ann, order, paused: false);
        _media.Find(ann)!.Release();
        await Ended(order);
        Assert.False(await _recorder.Record(ann, Order(), paused: false));
    }

    [Theory]
    [InlineData(RecordingFileKind.Wav)]
    [InlineData(RecordingFileKind.Opus)]
    public async Task P21_what_a_process_that_died_has_left_is_repaired_at_the_next_start(RecordingFileKind kind)
    {
        Assert.SkipUnless(kind == RecordingFileKind.Wav || AudioCodec.Opus.CanTranscode(), "libopus is not on this system.");
        var (ann, _) = Talk();
        var order = Order() with { Kind = kind };
        await _recorder.Record(ann, order, paused: false);
        await Grown(order, seconds: 2);
        await Eventually.True(async () => await _rows.Find("acme", order.Id) is not null);
        // As after a kill: a copy of what is on the disk now, with a page or sample cut in two.
        var copy = Path.Combine(_folder, "copy");
        foreach (var path in Directory.GetFiles(Root, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(Root, path));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            var bytes = await ReadShared(path);
            await File.WriteAllBytesAsync(to, Path.GetExtension(path) is ".wav" or ".ogg" ? bytes[..^3] : bytes);
        }
        await using (var next = New(copy))
        {
            next.Start();
            var row = await Ended(order);
            Assert.True(row.Interrupted);
            Assert.InRange(row.Duration.TotalSeconds, 0.9, 30);
            Assert.Equal(row.Size, (await next.Read(row.File, 0, 1))!.Length > 0 ? new FileInfo(Assert.Single(Directory.GetFiles(copy, "*" + (kind == RecordingFileKind.Wav ? ".wav" : ".ogg"), SearchOption.AllDirectories))).Length : 0);
            Assert.Empty(Directory.GetFiles(copy, "*.open", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public async Task P21_files_are_read_in_parts_and_hostile_names_are_nothing()
    {
        var (ann, _) = Talk();
        var order = Order();
        await _recorder.Record(ann, order, paused: false);
        await Grown(order, seconds: 1);
        await _recorder.Stop(ann, order.Id);
        var row = await Ended(order);
        var file = await File.ReadAllBytesAsync(PathOf(row));
        Assert.Equal(file[10..30], await _recorder.Read(row.File, 10, 20));
        Assert.Equal(file[^5..], await _recorder.Read(row.File, file.Length - 5, 100));
        Assert.Empty((await _recorder.Read(row.File, file.Length + 5, 100))!);
        Assert.Null(await _recorder.Read(row.File, -1, 100));
        foreach (var hostile in new[] { row.File with { Tenant = ".." }, row.File with { Tenant = "other" }, row.File with { Id = "../../x" }, row.File with { Id = row.Id[1..] } })
        {
            Assert.Null(await _recorder.Read(hostile, 0, 100));
            Assert.Null(await _recorder.ReadPeaks(hostile, 100));
            await _recorder.Delete(hostile);
        }
        Assert.True(File.Exists(PathOf(row)));
        await _recorder.Delete(row.File);
        Assert.Null(await _recorder.Read(row.File, 0, 100));
    }

    [Fact]
    public async Task P21_recordings_older_than_the_tenant_keeps_them_are_removed_and_that_is_logged()
    {
        var (ann, _) = Talk();
        var order = Order();
        await _recorder.Record(ann, order, paused: false);
        await Grown(order, seconds: 1);
        await _recorder.Stop(ann, order.Id);
        var row = await Ended(order);
        var directory = new KeepingDirectory();
        var retention = new RecordingRetention("n1", Root, directory, _rows, TimeProvider.System, NullLogger<RecordingRetention>.Instance);
        directory.KeepFor = TimeSpan.FromDays(1);
        await retention.Once();
        Assert.NotNull(await _rows.Find("acme", order.Id));
        directory.KeepFor = TimeSpan.FromTicks(1);
        await retention.Once();
        Assert.Null(await _rows.Find("acme", order.Id));
        Assert.False(File.Exists(PathOf(row)));
        var access = Assert.Single(await _rows.ListAccess("acme", order.Id, null, 10));
        Assert.Equal((RecordingUse.Expire, "", "101"), (access.Use, access.By, access.Owner));
    }

    private LocalRecorder New(string? folder = null) =>
        new("n1", _media, _sounds, folder ?? Root, _rows, TimeProvider.System, NullLogger<LocalRecorder>.Instance);

    [Fact]
    public async Task P21_an_order_that_is_given_again_while_it_is_carried_out_is_one_recording_of_which_both_are_told()
    {
        var (ann, _) = Talk();
        var order = Order();
        Assert.All(await Task.WhenAll(_recorder.Record(ann, order, paused: false), _recorder.Record(ann, order, paused: false)), Assert.True);
        await Grown(order, seconds: 0.1);
        await _recorder.Stop(ann, order.Id);
        Assert.False((await Ended(order)).Interrupted);
        Assert.Single(Directory.GetFiles(Root, "*.wav", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task P21_what_was_stopped_does_not_begin_when_its_order_comes_late()
    {
        var (ann, _) = Talk();
        var order = Order();
        await _recorder.Stop(ann, order.Id);
        Assert.False(await _recorder.Record(ann, order, paused: false));
        Assert.Null(Find(order));
    }

    [Fact]
    public async Task P21_a_later_order_replaces_what_nobody_stopped_and_what_comes_late_for_that_changes_nothing()
    {
        var (ann, _) = Talk();
        var (first, second) = (Order(), Order());
        Assert.True(await _recorder.Record(ann, first, paused: false));
        Assert.True(await _recorder.Record(ann, second, paused: true));
        await Ended(first);
        await _recorder.Pause(ann, first.Id, paused: false);
        await _recorder.Stop(ann, first.Id);
        await Grown(second, seconds: 1);
        Assert.Equal(-1, (await ReadShared(Find(second)!)).AsSpan(44).IndexOfAnyExcept((byte)0));
        Assert.True(await _recorder.Record(ann, second, paused: false));
        await Loud(second);
        await _recorder.Stop(ann, "");
        Assert.False((await Ended(second)).Interrupted);
    }

    private static RecordingOrder Order() => new(
        Guid.NewGuid().ToString("N"), "acme", "101", "acme/c1", CallDirection.Outbound, new Party("102", "Bob"), RecordingFileKind.Wav, RecordingNotice.None);

    private (EndpointId Ann, EndpointId Bob) Talk()
    {
        var (ann, bob) = (_media.TryAllocate(null)!, _media.TryAllocate(null)!);
        MediaEndpoint.Connect(ann, bob);
        _phones.Add(new Phone(ann, 440));
        _phones.Add(new Phone(bob, 1000));
        return (_media.IdOf(ann), _media.IdOf(bob));
    }

    private string PathOf(RecordingView row) => new RecordingFolder(Root).PathOf(row.File)!;

    private string? Find(RecordingOrder order) => Directory.Exists(Root)
        ? Directory.GetFiles(Root, $"{order.Id}.*", SearchOption.AllDirectories).FirstOrDefault(path => Path.GetExtension(path) is ".wav" or ".ogg") : null;

    private long Size(RecordingOrder order) => Find(order) is { } path ? new FileInfo(path).Length : 0;

    /// <summary>Waits until so much was written; of Opus in whole pages, two of head and one for each second, since how many bytes they take depends on the sound.</summary>
    private Task Grown(RecordingOrder order, double seconds) => order.Kind == RecordingFileKind.Wav
        ? Eventually.True(() => Size(order) > seconds * 64000)
        : Eventually.True(async () => Find(order) is { } path && (await ReadShared(path)).AsSpan().Count("OggS"u8) >= 2 + seconds);

    /// <summary>Waits until nothing is heard in the last second.</summary>
    private Task Silent(RecordingOrder order) => Eventually.True(async () =>
    {
        var bytes = await ReadShared(Find(order)!);
        return bytes.AsSpan(Math.Max(44, bytes.Length - 64000)).IndexOfAnyExcept((byte)0) < 0;
    });

    private Task Loud(RecordingOrder order) => Eventually.True(async () =>
    {
        var bytes = await ReadShared(Find(order)!);
        return bytes.AsSpan(Math.Max(44, bytes.Length - 6400)).IndexOfAnyExcept((byte)0) >= 0;
    });

    private static async Task<byte[]> ReadShared(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes;
    }

    private async Task<RecordingView> Ended(RecordingOrder order)
    {
        await Eventually.True(async () => await _rows.Find("acme", order.Id) is { EndedAt: not null });
        await Eventually.True(() => Directory.GetFiles(_folder, $"{order.Id}.open", SearchOption.AllDirectories).Length <= 1);
        return (await _rows.Find("acme", order.Id))!;
    }

    private static (short[] Left, short[] Right) Channels(byte[] wav)
    {
        Assert.Equal(wav.Length - 44, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(40)));
        var (left, right) = (new short[(wav.Length - 44) / 4], new short[(wav.Length - 44) / 4]);
        for (var i = 0; i < left.Length; i++)
        {
            left[i] = BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(44 + 4 * i));
            right[i] = BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(46 + 4 * i));
        }
        return (left, right);
    }

    private sealed class KeepingDirectory : IDirectory
    {
        public TimeSpan KeepFor { get; set; }

        public System.Collections.Immutable.ImmutableArray<TenantRecord> Tenants =>
            [new("acme", "acme.example", ["MD5"], null, TimeSpan.FromSeconds(30)) { Recording = RecordingPolicy.Default with { KeepFor = KeepFor } }];

        public TenantRecord? FindTenant(string name) => Tenants.FirstOrDefault(tenant => tenant.Name == name);

        public TenantRecord? FindTenantByHost(string host) => null;

        public UserRecord? FindUser(string tenant, string extension) => null;

        public System.Collections.Immutable.ImmutableArray<UserRecord> ListUsers(string tenant, int skip, int count) => [];
    }

    /// <summary>A phone that says a tone in real time until it is disposed of.</summary>
    private sealed class Phone : IAsyncDisposable
    {
        private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _speaking;

        public Phone(MediaEndpoint endpoint, double hertz)
        {
            endpoint.Apply(new LocalMedia(), new RemoteMedia { Rtp = (IPEndPoint)_socket.Client.LocalEndPoint!, Codecs = [new RtpCodec(AudioCodec.Pcmu, 0)] });
            _speaking = Speak(new IPEndPoint(IPAddress.Loopback, endpoint.RtpPort), hertz);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _speaking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _socket.Dispose();
            _stop.Dispose();
        }

        private async Task Speak(IPEndPoint to, double hertz)
        {
            using var timer = new PeriodicTimer(AudioCodecs.Frame);
            var packet = new byte[172];
            for (uint frame = 0; await timer.WaitForNextTickAsync(_stop.Token); frame++)
            {
                new RtpHeader(0, false, (ushort)frame, frame * 160, 7).Write(packet);
                for (var i = 0; i < 160; i++)
                    packet[12 + i] = G711.EncodeMuLaw((short)(8000 * Math.Sin(2 * Math.PI * hertz * (frame * 160 + i) / 8000)));
                await _socket.SendAsync(packet, to, _stop.Token);
            }
        }
    }
}
