using System.Buffers.Binary;
using System.Security.Cryptography;
using Webphone.Media.Srtp;

namespace Webphone.Media.Dtls;

/// <summary>
/// One DTLS association over memory: datagrams come in, datagrams and a deadline go out, and at the end keys for SRTP
/// (<a href="https://www.rfc-editor.org/rfc/rfc5764">RFC 5764</a>). No data is sent through it. Not thread-safe.
/// <code>
///   Handshaking ──(both Finished)──► Connected ──(close_notify)──► Closed
///        └──────(fatal alert, no common cipher, no SRTP profile)──────► Failed
/// </code>
/// </summary>
public sealed unsafe class DtlsConnection : IDisposable
{
    /// <summary>Largest datagram that is written, unless told otherwise.</summary>
    public const int MaxDatagram = 1200;

    private const int RecordHeader = 13;
    private static ReadOnlySpan<byte> Label => "EXTRACTOR-dtls_srtp"u8;

    private readonly int _maxDatagram;
    private readonly byte[] _pending = new byte[16 * 1024];
    private readonly nint _in;
    private readonly nint _out;
    private nint _ssl;
    private int _taken;
    private int _filled;

    /// <param name="context">Not owned.</param>
    /// <param name="role">Who begins.</param>
    /// <param name="maxDatagram">Messages that are longer go in fragments.</param>
    public DtlsConnection(DtlsContext context, DtlsRole role, int maxDatagram = MaxDatagram)
    {
        _maxDatagram = maxDatagram;
        Role = role;
        _ssl = context.NewAssociation();
        _in = OpenSsl.Made(OpenSsl.BioNew(OpenSsl.BioMemory()), "a buffer");
        _out = OpenSsl.Made(OpenSsl.BioNew(OpenSsl.BioMemory()), "a buffer");
        _ = OpenSsl.BioControl(_in, OpenSsl.ControlEmptyMeansRetry, -1, 0);
        _ = OpenSsl.BioControl(_out, OpenSsl.ControlEmptyMeansRetry, -1, 0);
        OpenSsl.SetBio(_ssl, _in, _out);
        _ = OpenSsl.Control(_ssl, OpenSsl.ControlSetMtu, maxDatagram, null);
        if (role == DtlsRole.Client)
            OpenSsl.SetConnectState(_ssl);
        else
            OpenSsl.SetAcceptState(_ssl);
    }

    ~DtlsConnection() => Free();

    public DtlsRole Role { get; }

    public DtlsState State { get; private set; }

    /// <summary>The profile that was negotiated; null before the handshake is done.</summary>
    public SrtpProfile? Profile { get; private set; }

    /// <summary>In how long <see cref="OnTimeout"/> is due, zero when it is; null when nothing waits for an answer.</summary>
    public TimeSpan? Timeout
    {
        get
        {
            var value = stackalloc long[2];
            return _ssl != 0 && State == DtlsState.Handshaking && OpenSsl.Control(_ssl, OpenSsl.ControlGetTimeout, 0, value) == 1
                ? TimeSpan.FromSeconds(value[0]) + TimeSpan.FromMicroseconds(value[1]) : null;
        }
    }

    /// <summary>The client's first flight.</summary>
    public void Start() => Advance();

    /// <summary>Takes a datagram of the peer; whatever the bytes, this never throws.</summary>
    public void Receive(ReadOnlySpan<byte> datagram)
    {
        if (_ssl == 0 || State is DtlsState.Failed or DtlsState.Closed || datagram.IsEmpty)
            return;
        fixed (byte* data = datagram)
        {
            if (OpenSsl.BioWrite(_in, data, datagram.Length) != datagram.Length)
                return;
        }
        Advance();
    }

    /// <summary>The peer did not answer in time: the last flight is sent again.</summary>
    public void OnTimeout()
    {
        if (_ssl == 0 || State != DtlsState.Handshaking)
            return;
        OpenSsl.ClearErrors();
        if (OpenSsl.Control(_ssl, OpenSsl.ControlHandleTimeout, 0, null) < 0)
            State = DtlsState.Failed;
        Collect();
    }

    /// <summary>Says that it ends.</summary>
    public void Close()
    {
        if (_ssl == 0 || State != DtlsState.Connected)
            return;
        OpenSsl.ClearErrors();
        _ = OpenSsl.Shutdown(_ssl);
        State = DtlsState.Closed;
        Collect();
    }

    /// <summary>Gives the next datagram to send: as many whole records as fit in one. It is ours until the next call.</summary>
    public bool TryTake(out ReadOnlySpan<byte> datagram)
    {
        var end = _taken;
        while (end + RecordHeader <= _filled)
        {
            var size = RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(_pending.AsSpan(end + 11));
            if (end + size > _filled || (end > _taken && end + size - _taken > _maxDatagram))
                break;
            end += size;
        }
        datagram = _pending.AsSpan(_taken, end - _taken);
        _taken = end;
        if (!datagram.IsEmpty)
            return true;
        _taken = _filled = 0;
        return false;
    }

    /// <summary>Whether the peer's certificate has one of these fingerprints.</summary>
    public bool IsPeer(IReadOnlyList<DtlsFingerprint> fingerprints)
    {
        if (_ssl == 0)
            return false;
        var certificate = OpenSsl.GetPeerCertificate(_ssl);
        if (certificate == 0)
            return false;
        try
        {
            foreach (var fingerprint in fingerprints)
            {
                if (HasDigest(certificate, fingerprint))
                    return true;
            }
            return false;
        }
        finally
        {
            OpenSsl.CertificateFree(certificate);
        }
    }

    /// <summary>The keys of both directions; false before the handshake is done.</summary>
    public bool TryExport(out SrtpMasterKey? local, out SrtpMasterKey? remote)
    {
        (local, remote) = (null, null);
        if (State != DtlsState.Connected || Profile is not { } profile)
            return false;
        var (key, salt) = (profile.KeySize(), profile.SaltSize());
        Span<byte> material = stackalloc byte[2 * (key + salt)];
        fixed (byte* destination = material)
        fixed (byte* label = Label)
        {
            if (OpenSsl.ExportKeys(_ssl, destination, (nuint)material.Length, label, (nuint)Label.Length, null, 0, 0) != 1)
                return false;
        }
        // RFC 5764 section 4.2: client key, server key, client salt, server salt.
        var client = new SrtpMasterKey(profile, [.. material[..key], .. material.Slice(2 * key, salt)]);
        var server = new SrtpMasterKey(profile, [.. material.Slice(key, key), .. material.Slice(2 * key + salt, salt)]);
        (local, remote) = Role == DtlsRole.Client ? (client, server) : (server, client);
        CryptographicOperations.ZeroMemory(material);
        return true;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static bool HasDigest(nint certificate, DtlsFingerprint fingerprint)
    {
        var digest = fingerprint.Algorithm == HashAlgorithmName.SHA256 ? OpenSsl.Sha256() : fingerprint.Algorithm == HashAlgorithmName.SHA384 ? OpenSsl.Sha384() : OpenSsl.Sha512();
        Span<byte> hash = stackalloc byte[DtlsFingerprint.MaxSize];
        uint length = 0;
        fixed (byte* destination = hash)
        {
            return OpenSsl.CertificateDigest(certificate, digest, destination, &length) == 1
                && CryptographicOperations.FixedTimeEquals(hash[..(int)length], fingerprint.Hash);
        }
    }

    private void Advance()
    {
        OpenSsl.ClearErrors();
        if (State == DtlsState.Handshaking)
            Shake();
        else
            Drain();
        Collect();
    }

    private void Shake()
    {
        var result = OpenSsl.DoHandshake(_ssl);
        if (result == 1)
        {
            var profile = OpenSsl.GetSrtpProfile(_ssl);
            Profile = profile is null ? null : DtlsContext.ProfileOf(profile->Id);
            State = Profile is null ? DtlsState.Failed : DtlsState.Connected;
        }
        else if (OpenSsl.GetError(_ssl, result) != OpenSsl.ErrorWantRead)
        {
            State = DtlsState.Failed;
        }
    }

    /// <summary>After the handshake a peer repeats its last flight, or closes; whatever else it sends is dropped.</summary>
    private void Drain()
    {
        var buffer = stackalloc byte[256];
        int result;
        do
        {
            result = OpenSsl.Read(_ssl, buffer, 256);
        }
        while (result > 0);
        var error = OpenSsl.GetError(_ssl, result);
        if (error == OpenSsl.ErrorZeroReturn)
            State = DtlsState.Closed;
        else if (error != OpenSsl.ErrorWantRead)
            State = DtlsState.Failed;
    }

    private void Collect()
    {
        if (_taken == _filled)
            _taken = _filled = 0;
        fixed (byte* destination = _pending)
        {
            int read;
            while (_filled < _pending.Length && (read = OpenSsl.BioRead(_out, destination + _filled, _pending.Length - _filled)) > 0)
                _filled += read;
        }
    }

    private void Free()
    {
        if (_ssl != 0)
            OpenSsl.Free(_ssl);
        _ssl = 0;
    }
}
