using Microsoft.AspNetCore.SignalR;
using Orleans;
using Webphone.Grains.Accounts;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Users;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Hub;

/// <summary>
/// What this frontend hears of its users and sessions, passed on to their browsers. Grains tell a frontend once, whatever number of tabs it serves; each session is
/// told in its own terms, since what is "here" for one is elsewhere for another. Calls come one at a time and never wait for a browser.
/// </summary>
internal sealed class CallFan(HubDirectory directory, RoomFan rooms, IHubContext<PhoneHub, IPhoneClient> hub, SignInCache signIns, TimeProvider time) : IUserWatcher, IFrontend
{
    public Task CallChanged(string userKey, CallView call)
    {
        if (directory.FindUser(userKey) is { } user && user.Take(call))
            Tell(user, call);
        return Task.CompletedTask;
    }

    public Task UserChanged(string userKey, UserView user)
    {
        if (directory.FindUser(userKey) is not { } known)
            return Task.CompletedTask;
        var me = BrowserCalls.MeOf(user, time.GetUtcNow());
        foreach (var session in known.Sessions)
            Send(session, client => client.MeChanged(me));
        return Task.CompletedTask;
    }

    public Task Hear(string session, SessionNews news)
    {
        if (directory.FindSession(session) is { } known)
            Tell(known, news);
        return Task.CompletedTask;
    }

    public Task SignedOut(string userKey, string? signIn, bool passwordChanged)
    {
        signIns.Forget(userKey);
        var reason = passwordChanged ? SignOutReason.PasswordChanged : SignOutReason.SignedOut;
        foreach (var connection in directory.Connections.Where(connection => connection.UserKey == userKey && (signIn is null || connection.SignIn == signIn)))
            End(connection, reason);
        return Task.CompletedTask;
    }

    /// <summary>Tells the client why, and ends the connection.</summary>
    public void End(HubConnection connection, SignOutReason reason) => connection.Send(async () =>
    {
        try
        {
            await hub.Clients.Client(connection.Id).SignedOut(reason).WaitAsync(TimeSpan.FromSeconds(5), time);
        }
        catch (TimeoutException)
        {
            // It does not read, so it need not know.
        }
        connection.Abort();
    });

    /// <summary>A snapshot of the user's calls: what of it is news is told.</summary>
    public void Take(HubUser user, UserView view)
    {
        foreach (var call in user.TakeAll(view.Calls, time.GetUtcNow()))
            Tell(user, call);
    }

    private void Tell(HubUser user, CallView call)
    {
        if (call is { Room: { } room, Phase: not CallPhase.Ended })
            _ = rooms.Follow(user, room);
        foreach (var session in user.Sessions)
        {
            Tell(session, call);
            if (call.Phase == CallPhase.Ended)
                session.Forget(call.CallKey);
        }
    }

    private void Tell(HubSession session, CallView call)
    {
        var shown = BrowserCalls.Of(call, session.User.Extension, session);
        Send(session, client => client.CallChanged(shown));
    }

    private void Tell(HubSession session, SessionNews news)
    {
        switch (news)
        {
            case LegJoined joined:
                session.Know(joined.Leg, joined.CallKey, joined.Consults);
                TellAgain(session, joined.CallKey);
                break;
            case RingStarted ring:
                session.Know(ring.Leg, ring.CallKey, consults: null);
                Send(session, client => client.Ringing(new Ring(ring.Leg.Value, ring.CallKey, new Peer(ring.Caller.Number, ring.Caller.Name, null), ring.StartedAt, ring.Reason, ring.AutoAnswer is { } after ? (int)after.TotalSeconds : null)));
                TellAgain(session, ring.CallKey);
                break;
            case RingEnded over:
                var by = over.Reason == CallEnd.AnsweredElsewhere ? BrowserCalls.AnsweredBy(session.User.FindCall(over.CallKey), session.User.Extension) : null;
                Send(session, client => client.RingStopped(new RingStop(over.Leg.Value, over.Reason, by)));
                break;
            case LegLost lost:
                session.Know(lost.Leg, lost.CallKey, lost.Lost);
                TellAgain(session, lost.CallKey);
                break;
            case TransferTold transfer:
                var status = BrowserCalls.StatusOf(transfer);
                Send(session, client => client.TransferChanged(status));
                break;
            case PhoneChanged phone:
                Send(session, client => client.PhoneTaken(BrowserCalls.HolderOf(phone.Phone)));
                break;
        }
    }

    private void TellAgain(HubSession session, string callKey)
    {
        if (session.User.FindCall(callKey) is { } call)
            Tell(session, call);
    }

    private void Send(HubSession session, Func<IPhoneClient, Task> tell)
    {
        foreach (var connection in session.Connections)
            connection.Send(() => tell(hub.Clients.Client(connection.Id)));
    }
}
