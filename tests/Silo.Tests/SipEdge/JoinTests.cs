using Webphone.Sip.Headers;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>A phone comes into a call of its user's other phone by INVITE with Join (RFC 3911), and knows a conference when it meets one (RFC 4579).</summary>
public sealed class JoinTests
{
    [Trait("Feature", "CNF-01")]
    [Fact]
    public async Task A_second_phone_of_one_of_two_makes_them_a_conference_of_three()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, other) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("102"));
        var calling = await ann.Call("102");
        var (talking, passed) = (await bob.NextCall(), await other.NextCall());
        talking.Answer();
        Assert.DoesNotContain("isfocus", (await calling.Next(SessionEventKind.Answered)).Message!.HeaderText(HeaderName.Contact), StringComparison.Ordinal);
        await passed.Next(SessionEventKind.Ended);

        var joining = await other.Call("102", headers: Join(talking));
        Assert.EndsWith(";isfocus", (await joining.Next(SessionEventKind.Answered)).Message!.HeaderText(HeaderName.Contact), StringComparison.Ordinal);
        await world.Members("99900", 3);
        Assert.False(calling.HasNext);

        // It is a conference by now: joining it again is one more way in.
        var again = await ann.Call("101", headers: Join(calling));
        await again.Next(SessionEventKind.Answered);
        await world.Members("99900", 4);
        foreach (var call in new[] { calling, talking, joining, again })
            call.Hangup();
        await world.Members("99900", 0);
        await world.AllOver();
    }

    [Fact]
    public async Task Nobody_joins_the_calls_of_others_or_one_that_is_not_or_only_rings()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var calling = await ann.Call("102");
        var talking = await bob.NextCall();
        talking.Ring();
        await calling.Next(SessionEventKind.Progress);
        Assert.Equal(481, await Refused(bob, Join(talking)));
        talking.Answer();
        await calling.Next(SessionEventKind.Answered);

        Assert.Equal(403, await Refused(cid, Join(talking)));
        Assert.Equal(481, await Refused(cid, "Join: nobody;to-tag=1;from-tag=2\r\n"));
        Assert.Equal(481, await Refused(bob, "Join: nonsense\r\n"));
        Assert.Equal(400, await Refused(bob, Join(talking) + Join(talking).Replace("Join", "Replaces", StringComparison.Ordinal)));
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await talking.Next(SessionEventKind.Ended)).End);
        Assert.Equal(481, await Refused(bob, Join(talking)));
        await world.AllOver();
    }

    private static async Task<int> Refused(TestPhone phone, string headers) => (await (await phone.Call("102", headers: headers)).Next(SessionEventKind.Ended)).Status;

    private static string Join(TestCall call) => $"Join: {call.DialogName}\r\n";
}
