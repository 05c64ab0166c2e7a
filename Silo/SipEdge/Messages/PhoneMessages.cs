using System.Text;
using Webphone.Grains.Calls;
using Webphone.Grains.Messages;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.Edges;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.SipEdge.Messages;

/// <summary>Gives text messages to the phones of this node.</summary>
internal sealed class PhoneMessages(EdgeContext edge, SipDriver driver)
{
    /// <summary>How long another node waits for a phone: its question and our answer have the rest of <see cref="EdgeLimits.CommandTimeout"/>.</summary>
    private static readonly TimeSpan Patience = EdgeLimits.CommandTimeout - TimeSpan.FromSeconds(1);

    /// <summary>Gives up while there is time left for another flow, or to tell another node.</summary>
    public async Task<MessageOutcome> Pass(PhoneMessage message)
    {
        try
        {
            return await Send(message).WaitAsync(Patience, edge.Time);
        }
        catch (TimeoutException)
        {
            return MessageOutcome.Unreachable;
        }
    }

    /// <summary>Waits for the phone's answer as long as its transaction does. Not within a shard's turn.</summary>
    public Task<MessageOutcome> Send(PhoneMessage message)
    {
        if (edge.Directory.FindTenant(message.Tenant) is not { } tenant || !edge.Network.TryResolve(message.Flow, out var flow))
            return Task.FromResult(MessageOutcome.Unreachable);
        var callId = Encoding.ASCII.GetBytes(RandomId.New());
        var request = new OutgoingRequest(
            Encoding.UTF8.GetBytes(message.Contact),
            Identities.NameAddr(message.From, tenant.Domain),
            Identities.NameAddr(message.To, tenant.Domain),
            new SipPayload(default, message.Body, message.ContentType))
        {
            CallId = callId,
        };
        var asked = new Asked();
        driver.ShardOf(callId).Run((request, flow, asked), static (shard, state) =>
        {
            if (shard.Stack.SendRequest(SipMethod.Message, state.flow, state.request, state.asked) is null)
                state.asked.TrySetResult(MessageOutcome.Unreachable);
        });
        return asked.Task;
    }

    /// <summary>A phone answered; in the turn of the shard that asked it.</summary>
    public static void OnResponse(ClientTransaction request, SipMessage? response, int status)
    {
        if (status >= 200 && request.Tag is Asked asked)
            asked.TrySetResult(status < 300 ? MessageOutcome.Taken : response is null ? MessageOutcome.Unreachable : MessageOutcome.Refused);
    }

    /// <summary>Who waits goes on elsewhere: this may be a turn of another shard, and two must not wait for each other.</summary>
    private sealed class Asked() : TaskCompletionSource<MessageOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
}
