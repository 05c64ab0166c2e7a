using Webphone.Media.Dtls;
using Webphone.Media.Ice;
using Webphone.Media.Srtp;
using Webphone.Media.Stun;

namespace Webphone.Net.Media.WebRtc;

/// <summary>
/// One ICE session of an endpoint with the DTLS association over it. All of it happens under the leg's gate, but for <see cref="Selected"/>, which senders read.
/// <code>
///   (made) ──(checks)──► selected ──(handshake, the right certificate)──► keyed
///                            └──(the association of the transport before goes on, as in an ICE restart)──► keyed
/// </code>
/// </summary>
internal sealed class WebRtcTransport : IDisposable
{
    /// <summary>Handshakes that may fail before no further one is begun.</summary>
    private const int MaxAttempts = 8;

    private readonly WebRtcPort _port;
    private readonly List<WebRtcPath> _paths = new(2);
    private volatile WebRtcPath? _selected;
    private WebRtcHandshake? _up;
    private WebRtcHandshake? _shaking;
    private bool _adopted;
    private bool _over;
    private int _attempts;

    public WebRtcTransport(WebRtcPort port, WebRtcLeg leg, IceCredentials credentials, TimeSpan now)
    {
        _port = port;
        Leg = leg;
        Started = now;
        Ice = new IceLiteAgent(credentials);
        Key = credentials.Key;
    }

    /// <summary>Our fragment as the number that checks are told apart by.</summary>
    public ulong Key { get; }

    public WebRtcLeg Leg { get; }

    public TimeSpan Started { get; }

    public IceLiteAgent Ice { get; }

    public RemoteTransport? Remote { get; private set; }

    /// <summary>Where media and handshakes go; null until the peer chose.</summary>
    public WebRtcPath? Selected => _selected;

    public (SrtpMasterKey Local, SrtpMasterKey Remote)? Keys { get; private set; }

    /// <summary>A handshake is under way and wants to be told the time.</summary>
    public bool IsShaking => _shaking is not null;

    /// <summary>The peer said that it closes, or the association broke.</summary>
    public bool IsClosed => _up is { State: DtlsState.Closed or DtlsState.Failed };

    /// <summary>The peer's description came.</summary>
    public void Start(RemoteTransport remote, TimeSpan now)
    {
        Remote = remote;
        Ice.Remote = remote.Credentials;
        BeginAsClient(now);
        TryKey();
    }

    public IceCheck TakeCheck(in StunMessage message, WebRtcPath? path, IcePath where, WebRtcUdp? socket, TimeSpan now, Span<byte> response, out int length)
    {
        length = 0;
        if (_over)
            return IceCheck.Forged;
        var result = Ice.Receive(message, where, now, response, out length);
        if (Ice.Forgotten is { } forgotten && _paths.Find(known => known.Where == forgotten) is { } gone)
            Lose(gone);
        if (result != IceCheck.Valid)
            return result;
        var proved = path ?? socket!.PathTo(where.Remote);
        if (proved.Owner != this)
        {
            proved.Owner = this;
            _paths.Add(proved);
        }
        Select();
        BeginAsClient(now);
        return result;
    }

    /// <summary>The association of the transport before goes on over this one: the same peer changed its path only.</summary>
    public void Adopt(WebRtcTransport before)
    {
        (_up, before._up) = (before._up, null);
        Keys = before.Keys;
        _adopted = true;
    }

    /// <summary>Takes a datagram of DTLS from a path of this transport.</summary>
    public void TakeHandshake(WebRtcPath path, ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        if (_over)
            return;
        // Who adopted an association hears one more hello: a page that was loaded anew may have kept its certificate.
        if (_shaking is null && WebRtcHandshake.IsHello(datagram) && Remote is not { Role: DtlsRole.Client })
        {
            if ((_up is not null && !_adopted) || _attempts >= MaxAttempts)
            {
                _port.Counters.Count(WebRtcDrop.UnexpectedHello);
                return;
            }
            _attempts++;
            _shaking = new WebRtcHandshake(_port, DtlsRole.Server, now);
        }
        (_shaking ?? _up)?.Receive(datagram, path, now);
        TryKey();
    }

    public void Tick() => _shaking?.Tick(_selected ?? (_paths.Count > 0 ? _paths[0] : null));

    /// <summary>Something that was protected with the right key came over a path.</summary>
    public void Heard(WebRtcPath path)
    {
        if (path == _selected)
            return;
        Ice.Heard(path.Where);
        Select();
    }

    /// <summary>A path is gone.</summary>
    public void Lose(WebRtcPath path)
    {
        Ice.Forget(path.Where);
        _paths.Remove(path);
        if (path.Owner == this)
        {
            path.Owner = null;
            path.Forget();
        }
        Select();
    }

    /// <summary>Nothing is taken or sent any more.</summary>
    /// <param name="goodbye">Whether the peer is told.</param>
    public void End(bool goodbye)
    {
        if (_over)
            return;
        _over = true;
        _port.End(this);
        if (goodbye)
            _up?.Close(_selected);
        _up?.Dispose();
        _shaking?.Dispose();
        (_up, _shaking, _selected) = (null, null, null);
        foreach (var path in _paths)
        {
            if (path.Owner != this)
                continue;
            path.Owner = null;
            path.Forget();
        }
        _paths.Clear();
    }

    void IDisposable.Dispose() => End(goodbye: false);

    private void Select()
    {
        var where = Ice.Selected;
        if (where == _selected?.Where)
            return;
        _selected = where is { } chosen ? _paths.Find(path => path.Where == chosen) : null;
    }

    private void BeginAsClient(TimeSpan now)
    {
        if (Remote is not { Role: DtlsRole.Client } || _selected is not { } path || _up is not null || _shaking is not null || _attempts >= MaxAttempts)
            return;
        _attempts++;
        _shaking = new WebRtcHandshake(_port, DtlsRole.Client, now);
        _shaking.Start(path);
    }

    private void TryKey()
    {
        switch (_shaking?.State)
        {
            case DtlsState.Failed or DtlsState.Closed:
                Drop(WebRtcDrop.FailedHandshake);
                break;
            case DtlsState.Connected when Remote is { } remote:
                if (!_shaking.IsPeer(remote))
                {
                    Drop(WebRtcDrop.WrongCertificate);
                    break;
                }
                if (!_shaking.TryExport(out var own, out var theirs))
                    break;
                _up?.Dispose();
                (_up, _shaking, _adopted) = (_shaking, null, false);
                Keys = (own!, theirs!);
                Leg.OnKeyed(this);
                break;
        }
    }

    private void Drop(WebRtcDrop reason)
    {
        _port.Counters.Count(reason);
        _shaking!.Dispose();
        _shaking = null;
    }
}
