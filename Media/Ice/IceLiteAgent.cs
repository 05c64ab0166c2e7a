using Webphone.Media.Stun;

namespace Webphone.Media.Ice;

/// <summary>
/// The lite side of one ICE session (<a href="https://www.rfc-editor.org/rfc/rfc8445#section-2.5">RFC 8445</a>): it is reachable, so it answers checks and
/// sends none. The peer controls. A path is the peer's once a check over it carried our password, and is used once the peer nominated it.
/// <code>
///   unknown ──(check with our password)──► valid ──(USE-CANDIDATE)──► nominated ──(it is the best, or is spoken over)──► selected
/// </code>
/// The answered checks are the peer's consent (RFC 7675): when none came for <see cref="ConsentTime"/>, nothing may be sent any more. Not thread-safe.
/// </summary>
public sealed class IceLiteAgent(IceCredentials local)
{
    /// <summary>RFC 7675 section 5.1.</summary>
    public static readonly TimeSpan ConsentTime = TimeSpan.FromSeconds(30);

    /// <summary>A nominated path that was not checked for this long gives way to one of lower priority.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromSeconds(3);

    /// <summary>Paths remembered; a peer that has more loses the one that was checked longest ago.</summary>
    public const int MaxPaths = 8;

    private readonly Path[] _paths = new Path[MaxPaths];
    private int _count;
    private int _selected = -1;

    public IceCredentials Local => local;

    /// <summary>The peer's credentials, of which only the fragment is looked at; null while its description has not come.</summary>
    public IceCredentials? Remote { get; set; }

    /// <summary>The path that media takes; null until the peer nominated one.</summary>
    public IcePath? Selected => _selected < 0 ? null : _paths[_selected].Where;

    /// <summary>When the last valid check came; null before the first.</summary>
    public TimeSpan? LastCheck { get; private set; }

    /// <summary>The path that was forgotten to make room by the last call of <see cref="Receive"/>.</summary>
    public IcePath? Forgotten { get; private set; }

    /// <summary>Whether the peer still wants what we send (RFC 7675).</summary>
    public bool HasConsent(TimeSpan now) => LastCheck is { } last && now - last < ConsentTime;

    public bool IsValid(IcePath path) => Find(path) >= 0;

    /// <summary>Judges a message and writes the answer to it.</summary>
    /// <param name="message">A parsed message, as it came over the path.</param>
    /// <param name="path">Where it came from.</param>
    /// <param name="now">When.</param>
    /// <param name="response">Room of <see cref="StunWriter.MaxSize"/> bytes.</param>
    /// <param name="length">The answer's bytes; 0 for none.</param>
    public IceCheck Receive(in StunMessage message, IcePath path, TimeSpan now, Span<byte> response, out int length)
    {
        length = 0;
        Forgotten = null;
        if (message.Type != StunType.BindingRequest)
            return IceCheck.Junk;
        if (!IsForUs(message.Username) || !message.IsFrom(local.PasswordBytes))
            return IceCheck.Forged;
        if (!message.HasFingerprint)
            return IceCheck.Junk;
        if (message.FirstUnknown != 0)
        {
            length = Refuse(message, 420, "Unknown Attribute"u8, response);
            return IceCheck.UnknownAttribute;
        }
        if (message.IceControlled is not null)
        {
            length = Refuse(message, 487, "Role Conflict"u8, response);
            return IceCheck.RoleConflict;
        }
        if (message.IceControlling is null || message.Priority is not { } priority)
        {
            length = Refuse(message, 400, "Bad Request"u8, response);
            return IceCheck.Junk;
        }
        LastCheck = now;
        Take(path, priority, message.UseCandidate, now);
        var writer = new StunWriter(response, StunType.BindingSuccess, message.TransactionId);
        writer.AddMappedAddress(path.Remote);
        writer.AddIntegrity(local.PasswordBytes);
        writer.AddFingerprint();
        length = writer.Length;
        return IceCheck.Valid;
    }

    /// <summary>Something with a good key was heard over a path: where the peer nominated it, it is where the peer is now.</summary>
    public void Heard(IcePath path)
    {
        if (_selected >= 0 && _paths[_selected].Where == path)
            return;
        var at = Find(path);
        if (at >= 0 && _paths[at].Nominated)
            _selected = at;
    }

    /// <summary>A connection is gone, and the path over it.</summary>
    public void Forget(IcePath path)
    {
        var at = Find(path);
        if (at >= 0)
            Remove(at);
    }

    /// <summary>USERNAME is our fragment, a colon, and the peer's.</summary>
    private bool IsForUs(ReadOnlySpan<byte> username)
    {
        var ours = local.UfragBytes;
        return username.Length > ours.Length + 1 && username.StartsWith(ours) && username[ours.Length] == (byte)':'
            && (Remote is null || username[(ours.Length + 1)..].SequenceEqual(Remote.UfragBytes));
    }

    private int Refuse(in StunMessage message, int code, ReadOnlySpan<byte> reason, Span<byte> response)
    {
        var writer = new StunWriter(response, StunType.BindingError, message.TransactionId);
        writer.AddError(code, reason);
        if (message.FirstUnknown != 0)
            writer.AddUnknown(message.FirstUnknown);
        writer.AddIntegrity(local.PasswordBytes);
        writer.AddFingerprint();
        return writer.Length;
    }

    private void Take(IcePath path, uint priority, bool nominates, TimeSpan now)
    {
        var at = Find(path);
        if (at < 0)
            at = Add(path);
        ref var known = ref _paths[at];
        known.Checked = now;
        known.Priority = priority;
        known.Nominated |= nominates;
        if (nominates && at != _selected && (_selected < 0 || priority >= _paths[_selected].Priority || now - _paths[_selected].Checked >= Stale))
            _selected = at;
    }

    private int Find(IcePath path)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_paths[i].Where == path)
                return i;
        }
        return -1;
    }

    private int Add(IcePath path)
    {
        if (_count == MaxPaths)
        {
            var oldest = _selected == 0 ? 1 : 0;
            for (var i = 0; i < _count; i++)
            {
                if (i != _selected && _paths[i].Checked < _paths[oldest].Checked)
                    oldest = i;
            }
            Forgotten = _paths[oldest].Where;
            Remove(oldest);
        }
        _paths[_count] = new Path { Where = path };
        return _count++;
    }

    private void Remove(int at)
    {
        _paths[at] = _paths[--_count];
        if (_selected == at)
            _selected = -1;
        else if (_selected == _count)
            _selected = at;
    }

    private struct Path
    {
        public IcePath Where;
        public uint Priority;
        public bool Nominated;
        public TimeSpan Checked;
    }
}
