using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>Conferences of real phones, judged by what each of them hears: every other's tone, and not its own.</summary>
public sealed class ConferenceTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    /// <summary>Far enough from each other, and from each other's harmonics, to be told apart at once.</summary>
    private static readonly int[] Tones = [350, 430, 520, 610, 740, 830, 970, 1130, 1270, 1450];

    private RunningSilo Silo => fixture.Silo;

    [Trait("Feature", "Failure-14")]
    [Trait("Feature", "CNF-01")]
    [Trait("Feature", "CNF-03")]
    [Trait("Feature", "CNF-14")]
    [Trait("Feature", "CNF-08")]
    [Fact]
    public async Task Three_phones_of_three_codecs_hear_each_other_and_hold_evicts_nobody_and_plays_no_music()
    {
        await using var opus = await BaresipPhone.RegisteredAsync(Silo.Phone("101", 440) with { Codecs = "opus/48000/2" });
        await using var wide = await BaresipPhone.RegisteredAsync(Silo.Phone("102", 800) with { Codecs = "G722/16000/1" });
        await using var plain = await BaresipPhone.RegisteredAsync(Silo.Phone("103", 1200) with { Codecs = "PCMA/8000/1" });
        await Gathering.MeetAsync(opus, wide, plain);

        await opus.HoldAsync();
        await wide.HearsAsync(1200);
        await plain.HearsAsync(800);
        await opus.ResumeAsync();
        await Conversation.HearsBothAsync(plain, 440, 800);

        await opus.HangUpAsync();
        await wide.HearsAsync(1200);
        await wide.HangUpAsync();
        await plain.HangUpAsync();
        Assert.Equal("99900", (string?)(await History.NewestAsync(Silo, "103"))["peerNumber"]);
    }

    [Trait("Feature", "Failure-14")]
    [Trait("Feature", "CNF-07")]
    [Trait("Feature", "CNF-10")]
    [Fact]
    public async Task Ten_phones_hear_nine_tones_each_and_not_their_own_and_the_eleventh_is_refused()
    {
        var phones = new List<(SipPeer Peer, RtpPeer Audio, PeerCall Call)>();
        try
        {
            for (var i = 0; i < Tones.Length; i++)
            {
                var peer = await SipPeer.RegisteredAsync(Silo, $"{101 + i}");
                var audio = new RtpPeer(alaw: i % 2 == 0);
                var call = await peer.InviteAsync("99950", audio.Sdp());
                await call.ExpectAsync(200);
                audio.Say(Tones[i], call.RemoteMedia);
                phones.Add((peer, audio, call));
            }

            for (var i = 0; i < phones.Count; i++)
                await HearsAllAsync(phones[i].Audio, Tones.Where((_, other) => other != i), Tones[i]);

            using var late = new RtpPeer();
            var eleventh = await phones[3].Peer.InviteAsync("99950", late.Sdp());
            var refusal = await eleventh.ExpectAsync(486);
            Assert.Contains("Conference is full", refusal["Reason"], StringComparison.Ordinal);

            // The one who began it leaves, and comes back by dialling.
            await phones[0].Call.HangUpAsync();
            await HearsAllAsync(phones[5].Audio, Tones.Where((_, other) => other is not (0 or 5)), Tones[0]);
            var back = await phones[0].Peer.InviteAsync("99950", phones[0].Audio.Sdp());
            await back.ExpectAsync(200);
            phones[0].Audio.Say(Tones[0], back.RemoteMedia);
            phones[0] = phones[0] with { Call = back };
            await HearsAllAsync(phones[5].Audio, Tones.Where((_, other) => other != 5), Tones[5]);
            foreach (var (_, _, call) in phones)
                await call.HangUpAsync();
        }
        finally
        {
            foreach (var (peer, audio, _) in phones)
            {
                audio.Dispose();
                peer.Dispose();
            }
        }
    }

    [Trait("Feature", "PRK-01")]
    [Trait("Feature", "PRK-04")]
    [Trait("Feature", "PRK-05")]
    [Fact]
    public async Task A_parked_party_hears_music_until_somebody_takes_them_by_dialling_the_slot()
    {
        using var keeper = await SipPeer.RegisteredAsync(Silo, "105");
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("104", 440));
        await using var taker = await BaresipPhone.RegisteredAsync(Silo.Phone("106", 1200));
        await Gathering.ParkAsync(keeper, caller, taker);
    }

    [Trait("Feature", "P20")]
    [Fact]
    public async Task A_call_that_rings_at_another_is_picked_up_and_the_two_hear_each_other()
    {
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("107", 440));
        await using var away = await BaresipPhone.RegisteredAsync(Silo.Phone("108", 800));
        await using var taker = await BaresipPhone.RegisteredAsync(Silo.Phone("109", 1200));
        await Gathering.PickUpAsync(caller, away, taker);
    }

    /// <summary>Each of the tones has its share of the power, and the one's own has none.</summary>
    private static async Task HearsAllAsync(RtpPeer phone, IEnumerable<int> tones, int notHertz)
    {
        var all = tones.ToArray();
        var end = Environment.TickCount64 + 40_000;
        Tone heard;
        do
        {
            heard = await phone.ListenAsync(600, 2000);
            if (all.All(hertz => heard.Share(hertz) > 0.3 / all.Length) && heard.Share(notHertz) < 0.2 / all.Length)
            {
                return;
            }
        }
        while (Environment.TickCount64 < end);
        Assert.Fail($"should hear {string.Join(", ", all.Select(hertz => $"{hertz}: {heard.Share(hertz):0.000}"))} and not {notHertz}: {heard.Share(notHertz):0.000}");
    }
}
