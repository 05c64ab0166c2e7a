using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Media.Mixing;
using Webphone.Media.Playback;

namespace Webphone.Net.Media;

/// <summary>
/// The sound of one room: endpoints that hear each other. Whoever says nothing in a frame hears the same as all others who don't, so that
/// is encoded once for each codec. Its frames are made on one loop, whichever loops its endpoints are on. Thread-safe.
/// </summary>
/// <remarks>
/// Locks are taken in this order: an endpoint's port gate, a seat, an endpoint's sending lock; the mix's own gate is taken before a seat and a
/// sending lock, and never under a port gate.
/// </remarks>
public sealed class MediaMix : ITicking, IDisposable
{
    private readonly Lock _gate = new();
    private readonly MediaLoop _loop;
    private readonly MixFigures _figures;
    private readonly Action<MediaMix>? _speakersChanged;
    private readonly AudioMix _mix = new();
    private readonly MixEncoder?[] _shared = new MixEncoder?[(int)AudioCodec.Opus + 1];
    private readonly byte[][] _sharedPayloads = new byte[(int)AudioCodec.Opus + 1][];
    private readonly int[] _sharedLengths = new int[(int)AudioCodec.Opus + 1];
    private readonly short[] _frame = new short[MixFormat.FrameSamples];
    private readonly byte[] _payload = new byte[AudioCodecs.MaxPayload];
    private MixMember[] _members = [];
    private TimeSpan? _frameDue;
    private int _framePhase = -1;
    private bool _over;

    internal MediaMix(MediaLoop loop, MixFigures figures, Action<MediaMix>? speakersChanged)
    {
        _loop = loop;
        _figures = figures;
        figures.Opened();
        _speakersChanged = speakersChanged;
    }

    /// <summary>Who is speaking now.</summary>
    public MediaEndpoint[] Speakers => [.. Volatile.Read(ref _members).Where(member => member.IsSpeaking).Select(member => member.Endpoint)];

    /// <summary>How many endpoints are in it.</summary>
    public int Count => Volatile.Read(ref _members).Length;

    /// <summary>The endpoint hears the others and is heard by them; what it was connected to or played ends. Twice is once.</summary>
    public void Add(MediaEndpoint endpoint)
    {
        MixMember member;
        lock (_gate)
        {
            if (_over || Find(endpoint) is not null)
                return;
            member = new MixMember(this, endpoint, _mix.Add());
            Volatile.Write(ref _members, [.. _members, member]);
            UpdateTicks();
        }
        endpoint.Enter(member);
    }

    /// <summary>The endpoint hears nothing and is heard by nobody.</summary>
    public void Remove(MediaEndpoint endpoint)
    {
        if (Find(endpoint) is { } member)
            endpoint.Exit(member);
    }

    /// <summary>What a muted endpoint says reaches nobody.</summary>
    public void Mute(MediaEndpoint endpoint, bool muted)
    {
        lock (_gate)
        {
            if (Find(endpoint) is { } member)
                member.Seat.IsMuted = muted;
        }
    }

    /// <summary>Plays to everybody in it, over what they say.</summary>
    public void Play(IAudioClip clip)
    {
        clip.Open(MixFormat.SampleRate);
        lock (_gate)
            _mix.Play(clip);
    }

    /// <summary>Everybody leaves. Twice is once.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_over)
                _figures.Closed();
            _over = true;
            UpdateTicks();
        }
        foreach (var member in Volatile.Read(ref _members))
            member.Endpoint.Exit(member);
        lock (_gate)
        {
            foreach (var encoder in _shared)
                encoder?.Dispose();
        }
    }

    /// <summary>The member's endpoint has gone elsewhere.</summary>
    internal void Forget(MixMember member)
    {
        lock (_gate)
        {
            Volatile.Write(ref _members, Array.FindAll(_members, other => !ReferenceEquals(other, member)));
            _mix.Remove(member.Seat);
            member.Dispose();
            UpdateTicks();
        }
    }

    /// <summary>A key of a member reaches all others: one of them may be a machine that asks for it.</summary>
    internal void PassDigit(MixMember from, char digit)
    {
        foreach (var member in Volatile.Read(ref _members))
        {
            if (!ReferenceEquals(member, from))
                member.Endpoint.SendDigit(digit);
        }
    }

    void ITicking.OnFrame(TimeSpan now)
    {
        lock (_gate)
        {
            if (_over)
                return;
            CountMissed();
            _mix.Tick();
            Array.Clear(_sharedLengths);
            var changed = false;
            foreach (var member in _members)
                changed |= Serve(member, now);
            if (changed && _speakersChanged is not null)
                ThreadPool.UnsafeQueueUserWorkItem(static mix => mix._speakersChanged!(mix), this, preferLocal: false);
            _figures.Made(_loop.Now - _loop.Due);
        }
    }

    void ITicking.OnSecond(TimeSpan now)
    {
    }

    /// <summary>After a stall the loop gives up the turns that it cannot make up for.</summary>
    private void CountMissed()
    {
        var frames = _frameDue is { } last ? (long)Math.Round((_loop.Due - last) / AudioCodecs.Frame) : 1;
        _frameDue = _loop.Due;
        if (frames > 1)
            _figures.Missed(frames - 1);
    }

    /// <summary>Sends the member their frame; true when they began or ended to speak.</summary>
    private bool Serve(MixMember member, TimeSpan now)
    {
        var changed = member.TellSpeaking();
        if (member.Endpoint.Recorder is { } recorder)
        {
            _mix.Hear(member.Seat, _frame);
            recorder.PutFar(_frame, now);
        }
        if (member.Endpoint.Preferred is not { } codec)
            return changed;
        if (!member.Seat.Contributes)
        {
            member.Endpoint.SendMixed(Shared(codec), codec, now);
            return changed;
        }
        _mix.Hear(member.Seat, _frame);
        var length = member.EncoderOf(codec).Encode(_frame, _payload);
        member.Endpoint.SendMixed(_payload.AsSpan(0, length), codec, now);
        return changed;
    }

    private ReadOnlySpan<byte> Shared(AudioCodec codec)
    {
        var index = (int)codec;
        var payload = _sharedPayloads[index] ??= new byte[AudioCodecs.MaxPayload];
        if (_sharedLengths[index] == 0)
            _sharedLengths[index] = (_shared[index] ??= new MixEncoder(codec)).Encode(_mix.Total, payload);
        return payload.AsSpan(0, _sharedLengths[index]);
    }

    private MixMember? Find(MediaEndpoint endpoint) => Array.Find(Volatile.Read(ref _members), member => ReferenceEquals(member.Endpoint, endpoint));

    /// <summary>With one member there is nothing to hear, so a room in which somebody waits costs nothing.</summary>
    private void UpdateTicks()
    {
        var needed = _members.Length > 1 && !_over;
        if (needed && _framePhase < 0)
        {
            _frameDue = null;
            _framePhase = _loop.Wheel.AddFrame(this);
        }
        else if (!needed && _framePhase >= 0)
        {
            _loop.Wheel.RemoveFrame(this, _framePhase);
            _framePhase = -1;
        }
    }
}
