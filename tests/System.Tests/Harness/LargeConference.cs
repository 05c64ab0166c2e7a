using System.Diagnostics;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests.Harness;

/// <summary>
/// A conference as large as one may be, of everything that may be in it: the users 101 to 105 at desk phones of four codecs, 106 to 110 at pages of one browser. Each says a
/// tone of their own; 101 is the host, who comes first.
/// </summary>
/// <param name="phonesAt">Where each of the five phones registers.</param>
/// <param name="pagesAt">Where each of the five pages is from.</param>
public sealed class LargeConference(Func<int, RunningSilo> phonesAt, Func<int, RunningSilo> pagesAt) : IAsyncDisposable
{
    private const string Number = "99950";
    private const int Host = 0;
    private const int Guest = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Far enough from each other, and from each other's harmonics, to be told apart.</summary>
    private static readonly int[] Tones = [350, 430, 520, 610, 740, 830, 970, 1130, 1270, 1450];

    private static readonly string[] Codecs = ["PCMU/8000/1", "PCMA/8000/1", "G722/16000/1", "opus/48000/2", "opus/48000/2"];

    private readonly List<BaresipPhone> _phones = [];
    private readonly List<AppPage> _pages = [];
    private Chromium? _browser;

    /// <summary>All ten come in.</summary>
    public async Task GatherAsync()
    {
        _browser = await Chromium.StartAsync(1000, "--allow-loopback-in-peer-connection");
        foreach (var codec in Codecs)
        {
            var at = _phones.Count;
            _phones.Add(await BaresipPhone.RegisteredAsync(phonesAt(at).Phone(ExtensionOf(at), Tones[at]) with { Codecs = codec }));
            await ComesInAsync(_phones[at]);
        }
        for (var at = Codecs.Length; at < Tones.Length; at++)
        {
            var page = await AppPage.SignedInAsync(_browser, pagesAt(at - Codecs.Length), ExtensionOf(at), toneHertz: Tones[at]);
            _pages.Add(page);
            await page.DialAsync(Number);
            await page.CardAsync("connected");
        }
    }

    /// <summary>Each hears the tones of all others, and not their own.</summary>
    public async Task EachHearsTheOthersAsync()
    {
        for (var i = 0; i < Tones.Length; i++)
            await HearsAllButAsync(i, i);
    }

    /// <summary>One more is told that it is full.</summary>
    public async Task AnEleventhIsRefusedAsync()
    {
        using var eleventh = await SipPeer.RegisteredAsync(phonesAt(Host), ExtensionOf(Host));
        using var audio = new RtpPeer();
        var call = await eleventh.InviteAsync(Number, audio.Sdp());
        Assert.Contains("Conference is full", (await call.ExpectAsync(486))["Reason"], StringComparison.Ordinal);
        await eleventh.RegisterAsync(0);
    }

    /// <summary>The one who began it leaves, and comes back by dialling.</summary>
    public async Task TheHostLeavesAndComesBackAsync()
    {
        await _phones[Host].HangUpAsync();
        await _phones[Host].NextAsync("CALL_CLOSED");
        await HearsAllButAsync(Guest, Guest, Host);
        await ComesInAsync(_phones[Host]);
        await HearsAllButAsync(Guest, Guest);
        await HearsAllButAsync(Host, Host);
    }

    /// <summary>All leave, one of the browsers last: every lamp goes dark. Gives how long that took after the last one's key.</summary>
    public async Task<TimeSpan> AllLeaveAsync()
    {
        using var watcher = await SipPeer.RegisteredAsync(phonesAt(Host), ExtensionOf(Host));
        var last = _pages[0];
        var lamps = new[] { Number, ExtensionOf(1), last.Extension, _pages[^1].Extension }.Select(target => new PeerWatch(watcher, target)).ToArray();
        foreach (var lamp in lamps)
        {
            Assert.Equal(200, (await lamp.SubscribeAsync()).Status);
            await lamp.ShowsAsync("confirmed");
        }

        // Each is read as it comes, so that none waits for its answer.
        var dark = Array.ConvertAll(lamps, lamp => lamp.ShowsAsync());
        await Task.WhenAll(_phones.Select(phone => phone.HangUpAsync()));
        foreach (var page in _pages.Skip(1))
        {
            await page.PressAsync("Escape");
            await page.NoCallAsync();
        }
        await dark[^1];
        Assert.False(dark[0].IsCompleted, "the conference is over before its last one has left");
        var clock = Stopwatch.StartNew();
        await last.PressAsync("Escape");
        await Task.WhenAll(dark);
        var took = clock.Elapsed;
        await last.NoCallAsync();
        return took;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var page in _pages)
            await page.DisposeAsync();
        foreach (var phone in _phones)
            await phone.DisposeAsync();
        if (_browser is not null)
            await _browser.DisposeAsync();
    }

    private static string ExtensionOf(int at) => $"{101 + at}";

    private static async Task ComesInAsync(BaresipPhone phone)
    {
        await phone.DialAsync(Number);
        await phone.NextAsync("CALL_ESTABLISHED");
    }

    /// <summary>Each of the others' tones has its share of the power, those who are named have none.</summary>
    private async Task HearsAllButAsync(int ear, params int[] not)
    {
        var least = 0.25 / (Tones.Length - not.Length);
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            var shares = await SharesAsync(ear);
            if (Enumerable.Range(0, Tones.Length).All(at => not.Contains(at) ? shares[at] < least / 2 : shares[at] > least))
                return;
            Assert.True(Environment.TickCount64 < end, $"{ExtensionOf(ear)} should hear all but {string.Join(", ", not.Select(at => Tones[at]))}: " +
                string.Join(", ", Tones.Zip(shares, (hertz, share) => $"{hertz}: {share:0.000}")));
            await Task.Delay(50);
        }
    }

    private async Task<double[]> SharesAsync(int ear)
    {
        if (ear >= _phones.Count)
            return await _pages[ear - _phones.Count].SharesAsync(Tones);
        var heard = await _phones[ear].ListenAsync(600, TimeSpan.FromSeconds(2));
        return Array.ConvertAll(Tones, hertz => heard.Share(hertz));
    }
}
