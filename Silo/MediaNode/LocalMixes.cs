using System.Collections.Immutable;
using System.Net;
using Webphone.Grains.Media;
using Webphone.Net.Media;

namespace Webphone.Silo.MediaNode;

/// <summary>The mixes of this node, by name. Thread-safe.</summary>
/// <param name="engine">Not owned.</param>
/// <param name="linkPlace">Where links to other nodes are bound, and the address that those are told.</param>
/// <param name="time">Of the lease that each mix has.</param>
/// <param name="speakersChanged">Hears on the thread pool who is speaking in a mix, after each change.</param>
internal sealed class LocalMixes(MediaEngine engine, (IPAddress Bind, IPAddress Advertised) linkPlace, TimeProvider time, Action<string, ImmutableArray<EndpointId>>? speakersChanged)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LocalMix> _mixes = [];
    private ITimer? _looking;

    public int Count
    {
        get
        {
            lock (_gate)
                return _mixes.Count;
        }
    }

    public void Join(string name, EndpointId id, MediaEndpoint endpoint)
    {
        lock (_gate)
            Open(name).Add(id, endpoint, link: null);
    }

    /// <summary>Opens an end of a link in the mix for an endpoint of another node; null when no port is free.</summary>
    public MediaLink? Link(string name, EndpointId remote)
    {
        if (MediaLink.TryOpen(engine, linkPlace.Bind, linkPlace.Advertised) is not { } link)
            return null;
        lock (_gate)
            Open(name).Add(remote, link.End, link);
        return link;
    }

    public MediaLink? FindLink(string name, EndpointId remote)
    {
        lock (_gate)
            return _mixes.GetValueOrDefault(name)?.FindLink(remote);
    }

    public void Leave(string name, EndpointId id) => Keep(name, member => member != id);

    public void Keep(string name, ImmutableArray<EndpointId> members) => Keep(name, members.Contains);

    public void Mute(string name, ImmutableArray<EndpointId> muted)
    {
        lock (_gate)
            _mixes.GetValueOrDefault(name)?.Mute(muted);
    }

    public void Play(string name, Webphone.Media.Playback.IAudioClip clip)
    {
        lock (_gate)
            _mixes.GetValueOrDefault(name)?.Mix.Play(clip);
    }

    private void Keep(string name, Func<EndpointId, bool> stays)
    {
        lock (_gate)
        {
            if (!_mixes.TryGetValue(name, out var mix))
                return;
            mix.HeardAt = time.GetUtcNow();
            if (!mix.Keep(stays))
                Close(name, mix);
        }
    }

    private void Close(string name, LocalMix mix)
    {
        _mixes.Remove(name);
        mix.Mix.Dispose();
        if (_mixes.Count > 0)
            return;
        _looking?.Dispose();
        _looking = null;
    }

    private void DropForgotten()
    {
        lock (_gate)
        {
            foreach (var (name, mix) in _mixes.Where(mix => time.GetUtcNow() - mix.Value.HeardAt > MixLease.Duration).ToArray())
            {
                mix.Keep(static _ => false);
                Close(name, mix);
            }
        }
    }

    private void TellSpeakers(string name)
    {
        ImmutableArray<EndpointId> speakers;
        lock (_gate)
        {
            if (!_mixes.TryGetValue(name, out var mix))
                return;
            speakers = mix.Speakers;
        }
        speakersChanged?.Invoke(name, speakers);
    }

    private LocalMix Open(string name)
    {
        if (!_mixes.TryGetValue(name, out var mix))
            _mixes[name] = mix = new LocalMix(engine.CreateMix(_ => TellSpeakers(name)));
        mix.HeardAt = time.GetUtcNow();
        _looking ??= time.CreateTimer(static mixes => ((LocalMixes)mixes!).DropForgotten(), this, MixLease.Duration, MixLease.Duration);
        return mix;
    }

    /// <summary>One mix and who is in it; under the gate.</summary>
    private sealed class LocalMix(MediaMix mix)
    {
        private readonly Dictionary<EndpointId, (MediaEndpoint Endpoint, MediaLink? Link)> _members = [];
        private ImmutableArray<EndpointId> _muted = [];

        public MediaMix Mix => mix;

        /// <summary>When its owner, or somebody who came in, was heard of last.</summary>
        public DateTimeOffset HeardAt { get; set; }

        public ImmutableArray<EndpointId> Speakers
        {
            get
            {
                var speaking = mix.Speakers;
                return [.. _members.Where(member => speaking.Contains(member.Value.Endpoint)).Select(member => member.Key)];
            }
        }

        public void Add(EndpointId id, MediaEndpoint endpoint, MediaLink? link)
        {
            if (_members.TryGetValue(id, out var earlier) && !ReferenceEquals(earlier.Endpoint, endpoint))
                Part(earlier);
            _members[id] = (endpoint, link);
            mix.Add(endpoint);
            mix.Mute(endpoint, _muted.Contains(id));
        }

        public MediaLink? FindLink(EndpointId id) => _members.GetValueOrDefault(id).Link;

        public void Mute(ImmutableArray<EndpointId> muted)
        {
            _muted = muted;
            foreach (var (id, member) in _members)
                mix.Mute(member.Endpoint, muted.Contains(id));
        }

        /// <summary>False when nobody is left.</summary>
        public bool Keep(Func<EndpointId, bool> stays)
        {
            foreach (var (id, member) in _members.ToArray())
            {
                if (stays(id) && !member.Endpoint.IsReleased)
                    continue;
                _members.Remove(id);
                Part(member);
            }
            return _members.Count > 0;
        }

        /// <summary>An end of a link served this member only; a leg's endpoint goes on elsewhere, and may have gone there already.</summary>
        private void Part((MediaEndpoint Endpoint, MediaLink? Link) member)
        {
            mix.Remove(member.Endpoint);
            if (member.Link is not null)
                member.Endpoint.Release();
        }
    }
}
