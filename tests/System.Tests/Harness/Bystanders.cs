namespace Webphone.System.Tests.Harness;

/// <summary>Two phones in a call that must not notice what others do to the server.</summary>
public sealed class Bystanders : IDisposable
{
    private readonly SipPeer _first;
    private readonly SipPeer _second;
    private readonly RtpPeer _firstAudio;
    private readonly RtpPeer _secondAudio;
    private readonly PeerCall _call;
    private readonly PeerCall _taken;

    private Bystanders(SipPeer first, SipPeer second, PeerCall call, PeerCall taken, RtpPeer firstAudio, RtpPeer secondAudio)
    {
        (_first, _second, _call, _taken, _firstAudio, _secondAudio) = (first, second, call, taken, firstAudio, secondAudio);
    }

    public PeerCall Call => _call;

    public SipPeer First => _first;

    public static async Task<Bystanders> TalkAsync(RunningSilo silo, string first = "101", string second = "102")
    {
        var caller = await SipPeer.RegisteredAsync(silo, first);
        var callee = await SipPeer.RegisteredAsync(silo, second);
        RtpPeer callerAudio = new(), calleeAudio = new();
        var ringing = PeerCall.IncomingAsync(callee);
        var call = await caller.InviteAsync(second, callerAudio.Sdp());
        var taken = await ringing;
        await taken.AnswerAsync(calleeAudio.Sdp());
        await call.ExpectAsync(200);
        callerAudio.Say(440, call.RemoteMedia);
        calleeAudio.Say(800, taken.RemoteMedia);
        await callerAudio.HearsAsync(800);
        await calleeAudio.HearsAsync(440);
        return new Bystanders(caller, callee, call, taken, callerAudio, calleeAudio);
    }

    /// <summary>Runs the attack while they talk; afterwards no more than this share of their audio may be missing, and they hang up as ever.</summary>
    public async Task DoNotNoticeAsync(Func<Task> attack, double lossAllowed = 0.05)
    {
        var (firstSent, firstHeard) = (_firstAudio.PacketsSent, _firstAudio.PacketsReceived);
        var (secondSent, secondHeard) = (_secondAudio.PacketsSent, _secondAudio.PacketsReceived);
        await Task.WhenAll(attack(), Task.Delay(1000));
        // Counted against what the other one sent: on a machine under load the test's own clock is late too.
        AssertHeard(_firstAudio.PacketsReceived - firstHeard, _secondAudio.PacketsSent - secondSent);
        AssertHeard(_secondAudio.PacketsReceived - secondHeard, _firstAudio.PacketsSent - firstSent);
        void AssertHeard(int heard, int sent) => Assert.True(heard >= sent * (1 - lossAllowed) - 5, $"heard {heard} packets of {sent}");
        await _firstAudio.HearsAsync(800);
        await _secondAudio.HearsAsync(440);
        Assert.Equal(200, (await _call.HangUpAsync()).Status);
        await _taken.HungUpAsync();
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _firstAudio.Dispose();
        _secondAudio.Dispose();
    }
}
