using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge.Places;

/// <summary>A user goes on with a call at another of their phones.</summary>
public sealed class OwnPhonesTests
{
    [Trait("Feature", "CTL-10")]
    [Fact]
    public async Task Who_dials_the_switch_code_on_another_phone_goes_on_there_and_the_other_side_notices_nothing()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, other) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("102"));
        Assert.Equal(404, (await (await other.Call("*11")).Next(SessionEventKind.Ended)).Status);
        var calling = await ann.Call("102");
        var (ringing, passed) = (await bob.NextCall(), await other.NextCall());
        ringing.Answer();
        await calling.Next(SessionEventKind.Answered);
        await passed.Next(SessionEventKind.Ended);

        var pulled = await other.Answered("*11");
        Assert.Equal(SessionEnd.RemoteBye, (await ringing.Next(SessionEventKind.Ended)).End);
        Assert.False(calling.HasNext);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await pulled.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
        Assert.Equal(["101 Outbound 102", "102 Inbound 101"], world.Journal.All.SelectMany(call => call.History).Where(entry => entry.AnsweredAt is not null).Texts());
    }

    [Trait("Feature", "CTL-10")]
    [Fact]
    public async Task The_switch_code_is_refused_at_the_phone_that_has_the_call_already_and_the_call_goes_on()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), world.Phone("102"));
        // It calls from the address that it registered.
        Assert.Equal(200, await bob.Register(contact: $"<sip:{bob.Network.Listening[0].EndPoint}>"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        var here = await (await bob.Call("*11")).Next(SessionEventKind.Ended);
        Assert.Equal(403, here.Status);
        Assert.Contains("Not allowed", here.Message!.HeaderText(HeaderName.Reason), StringComparison.Ordinal);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await talking.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
    }

    [Trait("Feature", "CTL-10")]
    [Fact]
    public async Task A_member_of_a_conference_goes_on_at_another_phone()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, other) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("102"));
        var first = await ann.Answered("99950");
        var second = await bob.Answered("99950");
        await world.Members("99950", 2);
        var pulled = await other.Answered("*11");
        Assert.Equal(SessionEnd.RemoteBye, (await second.Next(SessionEventKind.Ended)).End);
        await world.Members("99950", 2);
        first.Hangup();
        pulled.Hangup();
        await world.Members("99950", 0);
        await world.AllOver();
    }
}
