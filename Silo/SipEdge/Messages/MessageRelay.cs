using System.Text;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Net.Sip.Driving;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.SipEdge.Messages;

/// <summary>
/// Passes a MESSAGE (RFC 3428) on to every device of the user whom it is for. The sender gets 200 when the first device has taken it, 480 when there is
/// none or none takes it. Nothing is kept.
/// </summary>
internal sealed partial class MessageRelay(EdgeContext edge, SipDriver driver)
{
    /// <summary>In the shard's turn; the sender is authenticated.</summary>
    public void Take(SipShard shard, ServerTransaction message, TenantRecord tenant, UserRecord sender, string recipient)
    {
        if (edge.Directory.FindUser(tenant.Name, recipient) is null)
        {
            shard.Stack.Respond(message, 404);
            return;
        }
        var request = message.Request;
        var relayed = new OutgoingRequest(
            default,
            Identities.NameAddr(new Party(sender.Extension, sender.Name), tenant.Domain),
            Identities.NameAddr(new Party(recipient, ""), tenant.Domain),
            new SipPayload(default, request.Body, request.ContentType.ToArray()));
        _ = Pass(new Relay(shard, message), relayed, $"{tenant.Name}/{recipient}");
    }

    /// <summary>A device answered; in the turn of the shard that asked it.</summary>
    public static void OnResponse(ClientTransaction request, int status)
    {
        if (request.Tag is Relay relay)
            relay.Answered(status);
    }

    private async Task Pass(Relay relay, OutgoingRequest request, string userKey)
    {
        try
        {
            var user = await edge.Grains.GetGrain<IUserGrain>(userKey).GetView().WaitAsync(EdgeLimits.CommandTimeout, edge.Time);
            var sent = new HashSet<string>();
            foreach (var device in user.Devices.OrderByDescending(device => device.ExpiresAt))
            {
                // A phone with several flows gets it by one (RFC 5626 §5.3).
                if (edge.Network.TryResolve(device.Flow, out var flow) && (device.Instance.Length == 0 || sent.Add(device.Instance)))
                    Send(relay, request with { RequestUri = Encoding.UTF8.GetBytes(device.Contact) }, flow);
            }
        }
        // The edge of one message: its sender is told that it did not arrive.
        catch (Exception failure)
        {
            LogFailed(edge.Logger, failure, userKey);
        }
        relay.AllAsked();
    }

    private void Send(Relay relay, OutgoingRequest request, SipFlow flow)
    {
        var callId = Encoding.ASCII.GetBytes(Identities.NewId());
        relay.Asking();
        driver.ShardOf(callId).Run((relay, request, flow, callId), static (shard, state) =>
        {
            if (shard.Stack.SendRequest(SipMethod.Message, state.flow, state.request with { CallId = state.callId }, state.relay) is null)
                state.relay.Answered(503);
        });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message for {User} could not be passed on")]
    private static partial void LogFailed(ILogger logger, Exception failure, string user);

    /// <summary>One message on its way to several devices.</summary>
    private sealed class Relay(SipShard shard, ServerTransaction message)
    {
        // One for the asking itself, so that the last answer cannot come before the last question.
        private int _open = 1;
        private int _answered;

        public void Asking() => Interlocked.Increment(ref _open);

        public void AllAsked() => Close();

        public void Answered(int status)
        {
            if (status < 200)
                return;
            if (status < 300)
                Answer(200);
            Close();
        }

        private void Close()
        {
            if (Interlocked.Decrement(ref _open) == 0)
                Answer(480);
        }

        /// <summary>Later and elsewhere: this may be another shard's turn, and two shards must not wait for each other.</summary>
        private void Answer(int status)
        {
            if (Interlocked.Exchange(ref _answered, 1) != 0)
                return;
            ThreadPool.UnsafeQueueUserWorkItem(
                static state => state.shard.Run(state, static (turn, answer) => turn.Stack.Respond(answer.message, answer.status)),
                (shard, message, status),
                preferLocal: false);
        }
    }
}
