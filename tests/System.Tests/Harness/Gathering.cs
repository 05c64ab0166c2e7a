namespace Webphone.System.Tests.Harness;

/// <summary>What three phones do together, wherever each of them is registered.</summary>
public static class Gathering
{
    /// <summary>The first begins a conference, the others dial into it, and each hears the other two.</summary>
    public static async Task MeetAsync(BaresipPhone host, BaresipPhone second, BaresipPhone third)
    {
        foreach (var (phone, number) in new[] { (host, "*38"), (second, "99900"), (third, "99900") })
        {
            await phone.DialAsync(number);
            await phone.NextAsync("CALL_ESTABLISHED");
        }

        await Conversation.HearsBothAsync(host, second.ToneHertz, third.ToneHertz);
        await Conversation.HearsBothAsync(second, host.ToneHertz, third.ToneHertz);
        await Conversation.HearsBothAsync(third, host.ToneHertz, second.ToneHertz);
    }

    /// <summary>The keeper parks who called, who hears music until the taker dials the slot.</summary>
    public static async Task ParkAsync(SipPeer keeper, BaresipPhone caller, BaresipPhone taker, string slot = "703")
    {
        const int Kept = 800;
        using var audio = new RtpPeer();
        await caller.DialAsync(keeper.Extension);
        var call = await PeerCall.IncomingAsync(keeper);
        await call.AnswerAsync(audio.Sdp());
        audio.Say(Kept, call.RemoteMedia);
        await caller.HearsAsync(Kept);

        Assert.Equal(202, (await call.RequestAsync("REFER", "", null, ("Refer-To", $"<sip:{slot}@{keeper.Domain}>"), ("Refer-Sub", "false"))).Status);
        await call.HungUpAsync();
        await Conversation.HearsMusicAsync(caller, Kept);
        await taker.DialAsync(slot);
        await taker.NextAsync("CALL_ESTABLISHED");
        await taker.HearsAsync(caller.ToneHertz);
        await caller.HearsAsync(taker.ToneHertz);
        await taker.HangUpAsync();
        await caller.NextAsync("CALL_CLOSED");
    }

    /// <summary>What rings at one who is away is picked up, and the two hear each other.</summary>
    public static async Task PickUpAsync(BaresipPhone caller, BaresipPhone away, BaresipPhone taker)
    {
        await caller.DialAsync(away.Extension);
        await away.NextAsync("CALL_INCOMING");
        await taker.DialAsync($"**{away.Extension}");
        await taker.NextAsync("CALL_ESTABLISHED");
        await away.NextAsync("CALL_CLOSED");
        await taker.HearsAsync(caller.ToneHertz);
        await caller.HearsAsync(taker.ToneHertz);
        await caller.HangUpAsync();
        await taker.NextAsync("CALL_CLOSED");
    }

    /// <summary>One calls the other, who answers, after what is to be seen while it rings.</summary>
    public static async Task<(PeerCall Calling, PeerCall Taken)> TalkAsync(SipPeer caller, SipPeer callee, RtpPeer audio, Func<Task>? ringing = null)
    {
        var incoming = PeerCall.IncomingAsync(callee);
        var inviting = caller.InviteAsync(callee.Extension, audio.Sdp());
        if (ringing is not null)
            await ringing();
        var taken = await incoming;
        await taken.AnswerAsync(audio.Sdp());
        var calling = await inviting;
        await calling.ExpectAsync(200);
        return (calling, taken);
    }
}
