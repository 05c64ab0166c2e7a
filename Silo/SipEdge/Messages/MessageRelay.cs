using Microsoft.Extensions.Logging;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Messages;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Net.Sip.Driving;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.SipEdge.Messages;

/// <summary>
/// Passes a MESSAGE (RFC 3428) on to every phone of the user whom it is for, whichever node each registered with. The sender gets 200 when the first phone has
/// taken it, 480 when there is none or none takes it. Nothing is kept.
/// </summary>
internal sealed partial class MessageRelay(EdgeContext edge, PhoneMessages phones, OtherEdges others)
{
    /// <summary>In the shard's turn; the sender is authenticated.</summary>
    public void Take(SipShard shard, ServerTransaction message, TenantRecord tenant, UserRecord sender, string recipient)
    {
        if (edge.Directory.FindUser(tenant.Name, recipient) is null)
        {
            shard.Stack.Respond(message, 404);
            return;
        }
        var text = new Text(
            tenant.Name, new Party(sender.Extension, sender.Name), new Party(recipient, ""), message.Request.ContentType.ToArray(), message.Request.Body.ToArray());
        _ = Answer(shard, message, text);
    }

    private async Task Answer(SipShard shard, ServerTransaction message, Text text)
    {
        var status = 480;
        try
        {
            if (await Pass(text))
                status = 200;
        }
        // The edge of one message: its sender is told that it did not arrive.
        catch (Exception failure)
        {
            LogFailed(edge.Logger, failure, text.UserKey);
        }
        shard.Run((message, status), static (turn, state) => turn.Stack.Respond(state.message, state.status));
    }

    /// <summary>Whether a phone has taken it; true as soon as the first has.</summary>
    private async Task<bool> Pass(Text text)
    {
        var user = await edge.Grains.GetGrain<IUserGrain>(text.UserKey).GetView().WaitAsync(EdgeLimits.CommandTimeout, edge.Time);
        var asked = user.Devices.Where(device => SessionKey.OfFlow(device.Flow) is null)
            .OrderByDescending(device => device.ExpiresAt)
            .GroupBy(device => device.Instance.Length > 0 ? device.Instance : device.Id)
            .Select(phone => Pass(text, [.. phone])).ToList();
        while (asked.Count > 0)
        {
            var done = await Task.WhenAny(asked);
            if (await done)
                return true;
            asked.Remove(done);
        }
        return false;
    }

    /// <summary>A phone with several flows gets it by one, and by the next when there is no way to it by that (RFC 5626 §5.3).</summary>
    private async Task<bool> Pass(Text text, DeviceView[] flows)
    {
        foreach (var flow in flows)
        {
            var message = new PhoneMessage(text.Tenant, flow.Contact, flow.Flow, text.From, text.To, text.ContentType, text.Body);
            var outcome = flow.Node != edge.Options.Node ? await others.Ask(flow.Node, there => there.Pass(message), MessageOutcome.Unreachable) : flow == flows[^1] ? await phones.Send(message) : await phones.Pass(message);
            if (outcome != MessageOutcome.Unreachable)
                return outcome == MessageOutcome.Taken;
        }
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message for {User} could not be passed on")]
    private static partial void LogFailed(ILogger logger, Exception failure, string user);

    /// <summary>What is said by whom to whom.</summary>
    private sealed record Text(string Tenant, Party From, Party To, byte[] ContentType, byte[] Body)
    {
        public string UserKey => Grains.Users.UserKey.Of(Tenant, To.Number);
    }
}
