using Webphone.Grains.Calls;
using Webphone.Net.Media;
using Webphone.Sip.Headers;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Phones that vanish in a call.</summary>
public sealed class LostPhoneTests
{
    [Trait("Feature", "Failure-12")]
    [Fact]
    public async Task A_call_in_which_nothing_is_heard_ends()
    {
        await using var world = await EdgeWorld.Start(media: new MediaOptions { RtpTimeout = TimeSpan.FromSeconds(2) });
        var (calling, ringing) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        Assert.Equal(SessionEnd.RemoteBye, (await ringing.Next(SessionEventKind.Ended)).End);
        Assert.Equal(CallEnd.MediaTimeout, (await world.Over()).History[0].End);
    }

    [Trait("Feature", "Failure-12")]
    [Fact]
    public async Task A_phone_that_does_not_refresh_its_session_has_left()
    {
        await using var world = await EdgeWorld.Start(session: new SessionOptions { MinSessionExpiresSeconds = 1 });
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var calling = await ann.Call("102", headers: "Session-Expires: 3;refresher=uac\r\n", options: new SessionOptions { SessionExpiresSeconds = 0 });
        var ringing = await bob.NextCall();
        ringing.Answer();
        Assert.Equal("3;refresher=uac", (await calling.Next(SessionEventKind.Answered)).Message!.HeaderText(HeaderName.SessionExpires));
        Assert.Equal(SessionEnd.RemoteBye, (await ringing.Next(SessionEventKind.Ended)).End);
        Assert.Equal(CallEnd.SessionExpired, (await world.Over()).History[0].End);
    }
}
