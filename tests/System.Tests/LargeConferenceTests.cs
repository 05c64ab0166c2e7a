using System.Diagnostics;
using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>
/// A conference as large as one may be, of everything that may be in it: five desk phones of four codecs, and five browsers. It takes what a small machine has, so it is
/// run when asked for: <c>Webphone.System.Tests -explicit only -class '*LargeConferenceTests'</c>.
/// </summary>
[Trait("Shows", "3")]
public sealed class LargeConferenceTests(ITestOutputHelper output)
{
    private const string Number = "99950";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Far enough from each other, and from each other's harmonics, to be told apart; those of the phones first.</summary>
    private static readonly int[] Tones = [350, 430, 520, 610, 740, 830, 970, 1130, 1270, 1450];

    private static readonly string[] Codecs = ["PCMU/8000/1", "PCMA/8000/1", "G722/16000/1", "opus/48000/2", "opus/48000/2"];

    [Trait("Feature", "CNF-07")]
    [Trait("Feature", "CNF-10")]
    [Fact(Explicit = true)]
    public async Task Five_phones_and_five_browsers_hear_nine_tones_each_and_not_their_own_and_every_lamp_goes_dark_when_the_last_has_left()
    {
        await using var silo = await RunningSilo.StartAsync();
        await using var browser = await Chromium.StartAsync(1000, "--allow-loopback-in-peer-connection");
        var phones = new List<BaresipPhone>();
        var pages = new List<AppPage>();
        try
        {
            foreach (var codec in Codecs)
            {
                var at = phones.Count;
                phones.Add(await BaresipPhone.RegisteredAsync(silo.Phone($"{101 + at}", Tones[at]) with { Codecs = codec }));
                await phones[at].DialAsync(Number);
                await phones[at].NextAsync("CALL_ESTABLISHED");
            }

            for (var at = Codecs.Length; at < Tones.Length; at++)
            {
                var page = await AppPage.SignedInAsync(browser, silo, $"{101 + at}", toneHertz: Tones[at]);
                pages.Add(page);
                await page.DialAsync(Number);
                await page.CardAsync("connected");
            }

            var ears = phones.Select<BaresipPhone, Func<Task<double[]>>>(phone => async () => Shares(await phone.ListenAsync(600, TimeSpan.FromSeconds(2))))
                .Concat(pages.Select<AppPage, Func<Task<double[]>>>(page => () => page.SharesAsync(Tones))).ToArray();
            for (var i = 0; i < ears.Length; i++)
                await HearsAllButAsync(ears[i], i);

            using var watcher = await SipPeer.RegisteredAsync(silo, "101");
            using var audio = new RtpPeer();
            var eleventh = await watcher.InviteAsync(Number, audio.Sdp());
            Assert.Contains("Conference is full", (await eleventh.ExpectAsync(486))["Reason"], StringComparison.Ordinal);

            // The one who began it leaves, and comes back by dialling.
            await phones[0].HangUpAsync();
            await HearsAllButAsync(ears[7], 7, 0);
            await phones[0].DialAsync(Number);
            await phones[0].NextAsync("CALL_ESTABLISHED");
            await HearsAllButAsync(ears[7], 7);
            await HearsAllButAsync(ears[0], 0);

            var lamps = new[] { Number, "102", "106", "110" }.Select(target => new PeerWatch(watcher, target)).ToArray();
            foreach (var lamp in lamps)
            {
                Assert.Equal(200, (await lamp.SubscribeAsync()).Status);
                await lamp.ShowsAsync("confirmed");
            }

            foreach (var phone in phones)
                await phone.HangUpAsync();
            foreach (var page in pages.Skip(1))
            {
                await page.PressAsync("Escape");
                await page.NoCallAsync();
            }

            await lamps[^1].ShowsAsync();
            await pages[0].PressAsync("Escape");
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(lamps[..^1].Select(lamp => lamp.ShowsAsync()));
            output.WriteLine($"the last lamp went dark after {clock.ElapsedMilliseconds} ms");
            await Task.WhenAll(pages.Select(page => page.NoCallAsync()));
        }
        finally
        {
            foreach (var page in pages)
                await page.DisposeAsync();
            foreach (var phone in phones)
                await phone.DisposeAsync();
        }
    }

    private static double[] Shares(Tone heard) => [.. Tones.Select(hertz => heard.Share(hertz))];

    /// <summary>Each of the others' tones has its share of the power, one's own and those who are out have none.</summary>
    private static async Task HearsAllButAsync(Func<Task<double[]>> listen, params int[] not)
    {
        var least = 0.25 / (Tones.Length - not.Length);
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            var shares = await listen();
            if (Enumerable.Range(0, Tones.Length).All(at => not.Contains(at) ? shares[at] < least / 2 : shares[at] > least))
                return;
            Assert.True(Environment.TickCount64 < end, $"{not[0]} should hear all but {string.Join(", ", not)}: {string.Join(", ", Tones.Zip(shares, (hertz, share) => $"{hertz}: {share:0.000}"))}");
            await Task.Delay(50);
        }
    }
}
