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

    public static async Task<Bystanders> TalkAsync(RunningSilo silo, string first = "101", string second = "102", string local = "127.0.0.1")
    {
        var caller = await SipPeer.RegisteredAsync(new SipPeer(silo, first, local: local));
        var callee = await SipPeer.RegisteredAsync(new SipPeer(silo, second, local: local));
        RtpPeer callerAudio = new(local: local), calleeAudio = new(local: local);
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
    public async Task<Heard> DoNotNoticeAsync(Func<Task> attack, double lossAllowed = 0.05)
    {
        var (firstSent, firstHeard) = (_firstAudio.PacketsSent, _firstAudio.PacketsReceived);
        var (secondSent, secondHeard) = (_secondAudio.PacketsSent, _secondAudio.PacketsReceived);
        await Task.WhenAll(attack(), Task.Delay(1000));
        // Nobody is timed: on a machine under load the test's own clock is late too. What was sent is waited for while nothing more is sent.
        (_firstAudio.IsSilent, _secondAudio.IsSilent) = (true, true);
        var heard = Heard();
        for (var end = Environment.TickCount64 + 5_000; heard.Missing > 0 && Environment.TickCount64 < end; heard = Heard())
        {
            await Task.Delay(50);
        }

        (_firstAudio.IsSilent, _secondAudio.IsSilent) = (false, false);
        AssertHeard(heard.FirstReceived, heard.SecondSent);
        AssertHeard(heard.SecondReceived, heard.FirstSent);
        void AssertHeard(int received, int sent) => Assert.True(received >= sent * (1 - lossAllowed) - 5, $"heard {received} packets of {sent}");
        Heard Heard() => new(
            _firstAudio.PacketsSent - firstSent, _secondAudio.PacketsReceived - secondHeard, _secondAudio.PacketsSent - secondSent, _firstAudio.PacketsReceived - firstHeard);
        await _firstAudio.HearsAsync(800);
        await _secondAudio.HearsAsync(440);
        Assert.Equal(200, (await _call.HangUpAsync()).Status);
        await _taken.HungUpAsync();
        return heard;
    }

    /// <summary>Packets of audio in both directions during an attack; one or two are always on their way.</summary>
    public readonly record struct Heard(int FirstSent, int SecondReceived, int SecondSent, int FirstReceived)
    {
        public int Missing => Math.Max(0, FirstSent - SecondReceived) + Math.Max(0, SecondSent - FirstReceived);

        public override string ToString() =>
            $"{FirstSent + SecondSent} packets of audio sent, {Missing} not heard";
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _firstAudio.Dispose();
        _secondAudio.Dispose();
    }
}
