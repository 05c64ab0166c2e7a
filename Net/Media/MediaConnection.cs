namespace Webphone.Net.Media;

/// <summary>
/// Who hears an endpoint's leg and is heard by it: a peer, which may be the endpoint itself, or a mix, or nobody. It is guarded by the gate of the endpoint's port.
/// No two gates are held at once: one side is told after the other, and stays where it is when it has gone elsewhere meanwhile.
/// </summary>
internal sealed class MediaConnection(MediaEndpoint endpoint, MediaSender sender)
{
    private MediaPort _port = null!;
    private MediaConnection? _peer;

    /// <summary>The peer; the gate is held.</summary>
    public MediaEndpoint? Peer => _peer?.Endpoint;

    /// <summary>The leg's place in a mix; the gate is held.</summary>
    public MixMember? Member { get; private set; }

    /// <summary>What the leg says reaches somebody; the gate is held.</summary>
    public bool IsHeard => Member is null ? _peer is not null : !Member.Seat.IsMuted;

    /// <summary>Peer and place in a mix as they are now.</summary>
    public (MediaEndpoint? Peer, MixMember? Member) Current
    {
        get
        {
            lock (_port.Gate)
                return (Peer, Member);
        }
    }

    private MediaEndpoint Endpoint => endpoint;

    /// <summary>Whose gate it is guarded by; set once, before anything else.</summary>
    public void Attach(MediaPort port) => _port = port;

    /// <summary>Each hears the other, and what either was connected to or played ends; one with itself hears itself.</summary>
    public static void Bridge(MediaConnection first, MediaConnection second)
    {
        var firstHad = first.Join(second);
        var secondHad = second.Join(first);
        if (!ReferenceEquals(firstHad, second))
            firstHad?.Leave(first);
        if (!ReferenceEquals(secondHad, first))
            secondHad?.Leave(second);
    }

    /// <summary>The leg hears nothing and is heard by nobody.</summary>
    public void Disconnect() => Join(null)?.Leave(this);

    /// <summary>Takes its place in a mix, and leaves whatever it was in.</summary>
    public void Enter(MixMember member)
    {
        Disconnect();
        MixMember? left = member;
        lock (_port.Gate)
        {
            if (!_port.IsClosed)
                (left, Member) = (Member, member);
        }
        left?.Mix.Forget(left);
    }

    /// <summary>Leaves the mix, unless it has left already.</summary>
    public void Exit(MixMember member)
    {
        lock (_port.Gate)
        {
            if (!ReferenceEquals(Member, member))
                return;
            Member = null;
        }
        member.Mix.Forget(member);
    }

    /// <summary>Has this peer, or none, from now on; gives the one before.</summary>
    private MediaConnection? Join(MediaConnection? peer)
    {
        if (Current.Member is { } member)
            Exit(member);
        lock (_port.Gate)
        {
            var had = _peer;
            _peer = _port.IsClosed ? null : peer;
            sender.StopPlaying();
            if (!ReferenceEquals(had, peer))
                sender.Unbridge();
            return had;
        }
    }

    /// <summary>The peer went elsewhere, unless this side has already gone elsewhere itself.</summary>
    private void Leave(MediaConnection peer)
    {
        lock (_port.Gate)
        {
            if (!ReferenceEquals(_peer, peer))
                return;
            _peer = null;
            sender.Unbridge();
        }
        // The end of a link serves one leg.
        if (endpoint.Link is not null)
            endpoint.Release();
    }
}
