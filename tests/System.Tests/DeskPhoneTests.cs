using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>Shows 1: two real phones register and talk, over every transport and through a NAT.</summary>
[Trait("Shows", "1")]
public sealed class DeskPhoneTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private RunningSilo Silo => fixture.Silo;

    [Trait("Feature", "CTL-03")]
    [Trait("Feature", "HIS-01")]
    [Trait("Feature", "N10")]
    [Theory]
    [InlineData("udp", "101", "102")]
    [InlineData("tcp", "103", "104")]
    [InlineData("tls", "105", "106")]
    public async Task Two_phones_talk_hold_resume_and_hang_up(string transport, string first, string second)
    {
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone(first, 440, transport));
        await using var callee = await BaresipPhone.RegisteredAsync(Silo.Phone(second, 800, transport));
        await Conversation.HoldAndResumeAsync(caller, callee);

        await caller.HangUpAsync();
        await callee.NextAsync("CALL_CLOSED");
        await History.HasOneEntryEachAsync(Silo, first, second);
    }

    [Trait("Feature", "CTL-06")]
    [Fact]
    public async Task Hang_up_of_the_called_side_reaches_the_caller()
    {
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("107"));
        await using var callee = await BaresipPhone.RegisteredAsync(Silo.Phone("108", 800));
        await Conversation.BeginAsync(caller, callee);
        await callee.HangUpAsync();
        await caller.NextAsync("CALL_CLOSED");
        await History.HasOneEntryEachAsync(Silo, "107", "108");
    }

    [Trait("Feature", "CTL-03")]
    [Fact]
    public async Task The_called_side_holds_and_the_caller_hears_music()
    {
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("107"));
        await using var callee = await BaresipPhone.RegisteredAsync(Silo.Phone("108", 800));
        await Conversation.BeginAsync(caller, callee);
        await callee.HoldAsync();
        await Conversation.HearsMusicAsync(caller, 800);
        await callee.ResumeAsync();
        await caller.HearsAsync(800);
        await callee.HearsAsync(440);
    }

    [Theory]
    [InlineData("udp", "srtp-mand")]
    [InlineData("tls", "srtp")]
    public async Task A_phone_with_encrypted_audio_talks_to_one_without(string transport, string encryption)
    {
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("101", 440, transport) with { MediaEncryption = encryption, Trace = true });
        await using var callee = await BaresipPhone.RegisteredAsync(Silo.Phone("102", 800));
        await Conversation.HoldAndResumeAsync(caller, callee);
        // Its own offer and our answer.
        Assert.True(caller.Log.Split("a=crypto:").Length > 2, caller.Log);
        await caller.HangUpAsync();
        await callee.NextAsync("CALL_CLOSED");
    }

    [Theory]
    [InlineData("pcmu", "pcmu")]
    [InlineData("pcma", "pcma")]
    [InlineData("g722", "g722")]
    [InlineData("pcmu", "pcma")]
    [InlineData("pcma", "g722")]
    [InlineData("g722", "pcmu")]
    [InlineData("opus", "opus")]
    [InlineData("opus", "pcma")]
    public async Task Every_pair_of_codecs_carries_the_tone_both_ways(string callers, string callees)
    {
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("103") with { Codecs = Codec(callers) });
        await using var callee = await BaresipPhone.RegisteredAsync(Silo.Phone("104", 800) with { Codecs = Codec(callees) });
        await Conversation.BeginAsync(caller, callee);
    }

    [Fact]
    public async Task A_phone_knows_when_its_password_is_wrong()
    {
        await using var phone = await BaresipPhone.StartAsync(Silo.Phone("109") with { Secret = "wrong" });
        var result = await phone.NextAsync("REGISTER_OK", "REGISTER_FAIL");
        Assert.Equal("REGISTER_FAIL", result.Type);
    }

    private static string Codec(string name) => name switch
    {
        "opus" => "opus/48000/2",
        "g722" => "G722/16000/1",
        _ => name.ToUpperInvariant() + "/8000/1",
    };
}
