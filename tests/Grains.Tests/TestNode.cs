using System.Collections.Immutable;
using System.Net;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Tests.Recordings;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests;

/// <summary>An edge and media node that write down what they are told. <see cref="Hangs"/> makes every command to it wait for ever.</summary>
internal sealed class TestNode(string name) : IEdge, IMediaNode
{
    /// <summary>Ports of ends that wait, beside those of others.</summary>
    public const int FirstPrepared = 9000;

    /// <summary>Edge and media node are told side by side.</summary>
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _never = new();
    private int _links = int.Parse(name[1..], System.Globalization.CultureInfo.InvariantCulture) * 1000;
    private int _prepared;

    public string Name => name;

    public List<string> Told { get; } = [];

    public TestRecorder Recorder { get; } = new();

    public HashSet<LegId> Held { get; } = [new("caller")];

    public List<RingLeg> Rung { get; } = [];

    public bool Hangs { get; set; }

    public bool IsGone { get; set; }

    /// <summary>Where it passes on what goes along with commands; null keeps that to itself, as a node does that does not reach the user.</summary>
    public Func<string, IUserGrain>? Users { get; set; }

    /// <summary>What went along with commands.</summary>
    public List<UserNews> News { get; } = [];

    /// <summary>What it says of devices that it was asked to ring; null never says anything.</summary>
    public RingAnswer? RingSays { get; set; } = RingAnswer.Called;

    /// <summary>What it answers when it is asked for a link; null opens one.</summary>
    public LinkAnswer? LinkRefusal { get; set; }

    /// <summary>It opens ends of links ahead of the answer.</summary>
    public bool Prepares { get; set; } = true;

    /// <summary>The end that it opened ahead still waits when it is asked for.</summary>
    public bool Joins { get; set; } = true;

    public HashSet<string> BrokenDevices { get; } = [];

    public async Task<RingAnswer> Ring(RingLeg command)
    {
        await Tell($"Ring {command.Leg} {command.Binding.Id}");
        if (command.News is { } news)
        {
            News.Add(news);
            if (Users is not null) await Users(news.UserKey).CallGoesOn(news.View);
        }

        if (BrokenDevices.Contains(command.Binding.Id)) return RingAnswer.NoWay;
        Rung.Add(command);
        Held.Add(command.Leg);
        if (RingSays is null) await _never.Task;
        return RingSays!.Value;
    }

    public Task ShowRinging(LegId leg) => Tell($"ShowRinging {leg}");

    public Task Answer(LegId leg, MediaCodec? codec, Party connected) => Tell($"Answer {leg} {codec?.Name ?? "best"} {connected.Number}");

    public async Task<bool> End(LegId leg, CallEnd reason, UserNews? news)
    {
        Held.Remove(leg);
        await Tell($"End {leg} {reason}");
        if (news is null) return true;
        News.Add(news);
        if (Users is null) return false;
        await Users(news.UserKey).CallChanged(news.View);
        return true;
    }

    public Task Move(LegId leg, string callKey, Party other) => Tell($"Move {leg} {callKey} {other.Number}");

    public Task TransferChanged(LegId leg, TransferNews news) => Tell($"TransferChanged {leg} {news.Phase} {news.Reason}");

    public async Task<LegId[]> StillHeld(string callKey, LegId[] legs)
    {
        await Tell($"StillHeld {string.Join('+', legs)}");
        return [.. legs.Where(Held.Contains)];
    }

    public Task Connect(EndpointId first, EndpointId second) => Tell($"Connect {first} {second}");

    public async Task<LinkAnswer> OpenLink(EndpointId endpoint, LinkEnd? other)
    {
        await Tell(other is null ? $"OpenLink {endpoint}" : $"OpenLink {endpoint} to {other}");
        return LinkRefusal ?? LinkAnswer.Opened(new LinkEnd(new IPEndPoint(IPAddress.Loopback, ++_links), []));
    }

    public Task CompleteLink(EndpointId endpoint, LinkEnd own, LinkEnd other) => Tell($"CompleteLink {endpoint} {own} to {other}");

    public async Task<LinkEnd?> PrepareLink(EndpointId endpoint)
    {
        await Tell($"PrepareLink {endpoint}");
        return Prepares ? new LinkEnd(new IPEndPoint(IPAddress.Loopback, FirstPrepared + _prepared++), []) : null;
    }

    public async Task<bool> JoinPrepared(EndpointId endpoint, LinkEnd own, LinkEnd other)
    {
        await Tell($"JoinPrepared {endpoint} {own} to {other}");
        return Joins;
    }

    public Task Disconnect(EndpointId endpoint) => Tell($"Disconnect {endpoint}");

    public Task Play(EndpointId endpoint, MediaSource source) =>
        Tell($"Play {endpoint} {(source.Kind == MediaSourceKind.Tone ? source.Tone.ToString() : source.Kind.ToString())}");

    public Task Echo(EndpointId endpoint) => Tell($"Echo {endpoint}");

    public Task JoinMix(string mix, EndpointId endpoint) => Tell($"JoinMix {mix} {endpoint}");

    public async Task<LinkAnswer> OpenMixLink(string mix, EndpointId endpoint)
    {
        await Tell($"OpenMixLink {mix} {endpoint}");
        return LinkRefusal ?? LinkAnswer.Opened(new LinkEnd(new IPEndPoint(IPAddress.Loopback, ++_links), []));
    }

    public Task CompleteMixLink(string mix, EndpointId endpoint, LinkEnd own, LinkEnd other) => Tell($"CompleteMixLink {mix} {endpoint} {own} to {other}");

    public Task LeaveMix(string mix, EndpointId endpoint) => Tell($"LeaveMix {mix} {endpoint}");

    public Task MuteInMix(string mix, ImmutableArray<EndpointId> muted) => Tell($"MuteInMix {mix} {string.Join('+', muted)}");

    public Task KeepInMix(string mix, ImmutableArray<EndpointId> members) => Tell($"KeepInMix {mix} {string.Join('+', members)}");

    public Task PlayToMix(string mix, MediaSource source) => Tell($"PlayToMix {mix} {source.Tone}");

    private Task Tell(string what)
    {
        lock (_gate) Told.Add(what);
        return Hangs ? _never.Task : Task.CompletedTask;
    }
}
