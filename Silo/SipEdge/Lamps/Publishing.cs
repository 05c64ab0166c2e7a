using System.Text;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.Presence;
using Webphone.Grains.Tenants;
using Webphone.Net.Sip.Driving;
using Webphone.Sip.EventPackages;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;
using Webphone.Sip.Uris;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>Answers PUBLISH (<see href="https://www.rfc-editor.org/rfc/rfc3903">RFC 3903</see>): a phone says how its own user is. Safe from any thread.</summary>
internal sealed partial class Publishing(EdgeContext edge)
{
    /// <summary>In the shard's turn; who publishes has proved who they are.</summary>
    public void Take(SipShard shard, ServerTransaction publish, UserRecord user)
    {
        var request = publish.Request;
        if (!LampPackages.TryParse(request.Headers(HeaderName.Event).First, out var package) || package != LampPackage.Presence)
        {
            Refuse(shard, publish, 489, "Allow-Events", "presence");
            return;
        }
        if (!request.TryGetRequestUri(out var uri) || uri.UserText != user.Extension)
        {
            shard.Stack.Respond(publish, 403);
            return;
        }
        var longest = (uint)edge.Options.MaxSubscriptionTime.TotalSeconds;
        var asked = Math.Min(request.Expires ?? longest, longest);
        if (asked > 0 && asked < edge.Options.MinExpires.TotalSeconds)
        {
            Refuse(shard, publish, 423, "Min-Expires", $"{(int)edge.Options.MinExpires.TotalSeconds}");
            return;
        }
        if (!TryReadStatus(request, out var status, out var refusal))
        {
            if (refusal == 415)
                Refuse(shard, publish, 415, "Accept", Encoding.ASCII.GetString(Pidf.ContentType));
            else
                shard.Stack.Respond(publish, refusal);
            return;
        }
        _ = Publish(shard, publish, $"{user.Tenant}/{user.Extension}", new Publication(request.HeaderText(HeaderName.SipIfMatch), TimeSpan.FromSeconds(asked), status));
    }

    private static void Refuse(SipShard shard, ServerTransaction publish, int status, string header, string value) =>
        shard.Stack.Respond(publish, status, new SipPayload(new HeaderLines().Add(header, value).Bytes));

    /// <summary>A refresh and a withdrawal name what they are for and say nothing new (RFC 3903 §4.3, §4.5).</summary>
    private static bool TryReadStatus(SipMessage request, out PublishedStatus? status, out int refusal)
    {
        (status, refusal) = (null, 400);
        if (request.Body.IsEmpty)
            return request.Has(HeaderName.SipIfMatch);
        if (!MediaType.TryParse(request.ContentType, out var type, out _) || !type.Is("application"u8, "pidf+xml"u8))
        {
            refusal = 415;
            return false;
        }
        if (!PidfReader.TryRead(request.Body, out var read))
            return false;
        status = new PublishedStatus(read.IsOpen, read.Activity == PresenceActivity.None ? "" : read.Activity.ToString(), read.Note);
        return true;
    }

    private async Task Publish(SipShard shard, ServerTransaction publish, string userKey, Publication publication)
    {
        PublicationAnswer? answer = null;
        try
        {
            answer = await edge.Grains.GetGrain<IPresenceGrain>(userKey).PublishStatus(publication).WaitAsync(EdgeLimits.CommandTimeout, edge.Time);
        }
        // The edge of one publication: its phone is told to try again, others go on.
        catch (Exception failure)
        {
            LogFailed(edge.Logger, failure, userKey);
        }
        shard.Run((publish, answer, publication), static (turn, state) => Answer(turn, state.publish, state.answer, (int)state.publication.Time.TotalSeconds));
    }

    private static void Answer(SipShard shard, ServerTransaction publish, PublicationAnswer? answer, int seconds)
    {
        if (answer is null)
            Refuse(shard, publish, 503, "Retry-After", "10");
        else if (answer.Tag is not { } tag)
            shard.Stack.Respond(publish, 412);
        else
            shard.Stack.Respond(publish, 200, new SipPayload(new HeaderLines().Add("SIP-ETag", tag).Add("Expires", $"{seconds}").Bytes));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{User} could not publish")]
    private static partial void LogFailed(ILogger logger, Exception failure, string user);
}
