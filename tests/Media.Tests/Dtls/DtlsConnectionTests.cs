using Webphone.Media.Dtls;
using Webphone.Media.Srtp;

namespace Webphone.Media.Tests.Dtls;

public sealed class DtlsConnectionTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly DtlsContext _ours = new(DtlsCertificate.Make(Now));
    private readonly DtlsContext _theirs = new(DtlsCertificate.Make(Now));

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
    }

    [Fact]
    public void Two_sides_agree_on_keys_and_know_each_other_by_fingerprint()
    {
        using var server = new DtlsConnection(_ours, DtlsRole.Server);
        using var client = new DtlsConnection(_theirs, DtlsRole.Client);
        Shake(server, client);
        Assert.Equal((DtlsState.Connected, DtlsState.Connected), (server.State, client.State));
        Assert.Equal(SrtpProfile.AeadAes128Gcm, server.Profile);
        Assert.True(server.TryExport(out var local, out var remote));
        Assert.True(client.TryExport(out var theirLocal, out var theirRemote));
        Assert.Equal((local, remote), (theirRemote, theirLocal));
        Assert.NotEqual(local, remote);
        Assert.True(server.IsPeer([_theirs.Certificate.Fingerprint]));
        Assert.True(client.IsPeer([_theirs.Certificate.Fingerprint, _ours.Certificate.Fingerprint]));
        Assert.False(server.IsPeer([_ours.Certificate.Fingerprint]));
        Assert.False(server.IsPeer([]));
    }

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AeadAes256Gcm)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    public void The_profile_is_one_that_both_speak(SrtpProfile profile)
    {
        using var context = new DtlsContext(DtlsCertificate.Make(Now), [profile]);
        using var server = new DtlsConnection(_ours, DtlsRole.Server);
        using var client = new DtlsConnection(context, DtlsRole.Client);
        Shake(server, client);
        Assert.Equal(profile, server.Profile);
        Assert.Equal(profile, client.Profile);
        Assert.True(server.TryExport(out var local, out _));
        Assert.Equal(profile, local!.Profile);
    }

    [Fact]
    public void Without_a_common_profile_nothing_comes_of_it()
    {
        using var gcm = new DtlsContext(DtlsCertificate.Make(Now), [SrtpProfile.AeadAes256Gcm]);
        using var cm = new DtlsContext(DtlsCertificate.Make(Now), [SrtpProfile.AesCm128HmacSha1Tag80]);
        using var server = new DtlsConnection(gcm, DtlsRole.Server);
        using var client = new DtlsConnection(cm, DtlsRole.Client);
        Shake(server, client);
        Assert.Equal(DtlsState.Failed, server.State);
        Assert.False(server.TryExport(out _, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_lost_datagram_is_made_up_for_by_retransmission(int lost)
    {
        using var server = new DtlsConnection(_ours, DtlsRole.Server);
        using var client = new DtlsConnection(_theirs, DtlsRole.Client);
        var number = 0;
        Shake(server, client, _ => number++ != lost);
        for (var i = 0; i < 50 && (server.State, client.State) != (DtlsState.Connected, DtlsState.Connected); i++)
        {
            foreach (var side in (DtlsConnection[])[server, client])
            {
                // The library's own clock says when: it is waited for as the loop does.
                if (side.Timeout is not { } due)
                    continue;
                Thread.Sleep(due);
                side.OnTimeout();
            }
            Pump(server, client, _ => true);
        }
        Assert.Equal((DtlsState.Connected, DtlsState.Connected), (server.State, client.State));
        Assert.True(server.TryExport(out var local, out _) && client.TryExport(out _, out var remote) && local!.Equals(remote));
    }

    [Fact]
    public void A_close_is_heard()
    {
        using var server = new DtlsConnection(_ours, DtlsRole.Server);
        using var client = new DtlsConnection(_theirs, DtlsRole.Client);
        Shake(server, client);
        client.Close();
        Pump(server, client, _ => true);
        Assert.Equal(DtlsState.Closed, server.State);
    }

    [Fact]
    public void Junk_before_and_after_the_handshake_changes_nothing()
    {
        var random = new Random(5);
        using var server = new DtlsConnection(_ours, DtlsRole.Server);
        using var client = new DtlsConnection(_theirs, DtlsRole.Client);
        server.Receive(Junk(random));
        Shake(server, client);
        Assert.Equal(DtlsState.Connected, server.State);
        for (var i = 0; i < 1000; i++)
            server.Receive(Junk(random));
        Assert.Equal(DtlsState.Connected, server.State);
        Assert.True(server.TryExport(out _, out _));
    }

    [Theory]
    [InlineData("sha-256 AB", false)]
    [InlineData("sha-1 AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("SHA-256 00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F", true)]
    [InlineData("sha-256 00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f-10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F", false)]
    [InlineData("sha-256 00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1G", false)]
    public void Fingerprints_are_read_as_RFC_8122_writes_them(string? text, bool taken)
    {
        Assert.Equal(taken, DtlsFingerprint.TryParse(text, out var fingerprint));
        if (taken)
            Assert.Equal(text!.ToUpperInvariant(), fingerprint!.ToString().ToUpperInvariant());
    }

    private static byte[] Junk(Random random)
    {
        var junk = new byte[random.Next(1, 200)];
        random.NextBytes(junk);
        junk[0] = (byte)random.Next(24, 64);
        return junk;
    }

    private static void Shake(DtlsConnection server, DtlsConnection client, Func<int, bool>? passes = null)
    {
        client.Start();
        Pump(server, client, passes ?? (_ => true));
    }

    private static void Pump(DtlsConnection server, DtlsConnection client, Func<int, bool> passes)
    {
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var (from, to) in ((DtlsConnection, DtlsConnection)[])[(client, server), (server, client)])
            {
                while (from.TryTake(out var datagram))
                {
                    Assert.InRange(datagram.Length, 1, DtlsConnection.MaxDatagram);
                    moved = true;
                    if (passes(datagram.Length))
                        to.Receive(datagram.ToArray());
                }
            }
        }
    }
}
