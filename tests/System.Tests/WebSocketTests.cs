using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>SIP over WebSocket on the web port (RFC 7118).</summary>
[Trait("Shows", "2")]
public sealed class WebSocketTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task A_client_on_a_websocket_is_called_over_it()
    {
        var silo = fixture.Silo;
        using var wire = await SipWire.WebSocketAsync(new Uri($"ws://{silo.Address}:{silo.WebPort}/sip"));
        using var client = await SipPeer.RegisteredAsync(new SipPeer(silo, "102", wire: wire));
        await using var phone = await BaresipPhone.RegisteredAsync(silo.Phone("101"));
        using var audio = new RtpPeer();
        await phone.DialAsync("102");
        // It is offered what a browser speaks, and then, since it refuses that, what a phone does.
        await (await PeerCall.IncomingAsync(client, ring: false)).RejectAsync(488, "Not Acceptable Here");
        var incoming = await PeerCall.IncomingAsync(client);
        await incoming.AnswerAsync(audio.Sdp());
        await phone.NextAsync("CALL_ESTABLISHED");
        audio.Say(800, incoming.RemoteMedia);
        await phone.HearsAsync(800);
        await audio.HearsAsync(440);
        await incoming.HangUpAsync();
        await phone.NextAsync("CALL_CLOSED");
    }
}
