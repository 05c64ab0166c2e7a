using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.SipEdge.Gate;
using Webphone.Sip.Messages;
using Webphone.Sip.Registration;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;
using Webphone.Sip.Uris;
using Binding = Webphone.Grains.Users.Binding;

namespace Webphone.Silo.SipEdge.Registrar;

/// <summary>Answers REGISTER: who it is, what it asks for, and what the user's grain makes of that.</summary>
internal sealed partial class RegistrarHandler
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private readonly EdgeContext _edge;
    private readonly DigestGate _gate;
    private readonly FlowWatch _flows;
    private readonly NatKeepAlive _keepAlive;
    private readonly Action<string, IReadOnlyCollection<string>, SipFlow> _registered;
    private readonly RegistrationOptions _options;

    /// <param name="registered">Told of each registration that holds: whose it is, the contacts, and the flow.</param>
    public RegistrarHandler(EdgeContext edge, DigestGate gate, FlowWatch flows, NatKeepAlive keepAlive, Action<string, IReadOnlyCollection<string>, SipFlow> registered)
    {
        _registered = registered;
        _edge = edge;
        _gate = gate;
        _flows = flows;
        _keepAlive = keepAlive;
        _options = new RegistrationOptions
        {
            DefaultExpiresSeconds = (int)edge.Options.DefaultExpires.TotalSeconds,
            MinExpiresSeconds = (int)edge.Options.MinExpires.TotalSeconds,
            MaxExpiresSeconds = (int)edge.Options.MaxExpires.TotalSeconds,
            FlowTimerSeconds = (int)edge.Options.FlowTimer.TotalSeconds,
            MaxBindings = UserLimits.Devices,
        };
    }

    /// <summary>In the shard's turn.</summary>
    public void Take(SipShard shard, ServerTransaction register)
    {
        var message = register.Request;
        if (RequestOrigin.TenantOf(message, _edge.Directory) is not { } tenant)
        {
            shard.Stack.Respond(register, 404);
            return;
        }
        if (_gate.Admit(shard.Stack, register, tenant) is not { } user)
            return;
        if (!RegistrationRequest.TryRead(message, _options, out var request, out var status))
        {
            shard.Stack.Respond(register, status, Webphone.Sip.Registration.Registrar.Refuse(new HeaderLines(), status, _options));
            return;
        }
        if (!RequestOrigin.IsOwn(message.To, user, tenant, _edge.Directory) || !RequestOrigin.IsOwn(message.From, user, tenant, _edge.Directory))
        {
            shard.Stack.Respond(register, 403);
            return;
        }
        _ = Bind(shard, register, user, request, IsBehindNat(message, register.Flow));
    }

    private async Task Bind(SipShard shard, ServerTransaction register, UserRecord user, RegistrationRequest request, bool behindNat)
    {
        var userKey = $"{user.Tenant}/{user.Extension}";
        try
        {
            var asked = Ask(request, register.Flow, behindNat);
            var result = await AskUser(userKey, asked);
            var isBound = result.Refusal is RegisterRefusal.None && !asked.Set.IsEmpty;
            if (isBound)
                Keep(register.Flow, userKey, behindNat);
            shard.Run((Handler: this, register, request, result), static (turn, state) => state.Handler.Answer(turn.Stack, state.register, state.request, state.result));
            if (isBound)
                _registered(userKey, [.. asked.Set.Select(binding => binding.Contact)], register.Flow);
        }
        // The edge of one registration: a user who cannot be asked is told to try again, others go on.
        catch (Exception failure)
        {
            LogFailed(_edge.Logger, failure, userKey);
            shard.Run(register, static (turn, failed) => turn.Stack.Respond(failed, 503, new SipPayload(new HeaderLines().Add("Retry-After", "10").Bytes)));
        }
    }

    /// <summary>A user whose node has just died is asked again: the grain comes back on another as soon as the cluster knows. The phone repeats itself meanwhile.</summary>
    private async Task<RegisterResult> AskUser(string userKey, RegisterBindings asked)
    {
        try
        {
            return await _edge.Grains.GetGrain<IUserGrain>(userKey).Register(asked).WaitAsync(EdgeLimits.CommandTimeout, _edge.Time);
        }
        catch (Exception failure)
        {
            LogAskedAgain(_edge.Logger, failure, userKey);
            await Task.Delay(AskAgainAfter, _edge.Time);
            return await _edge.Grains.GetGrain<IUserGrain>(userKey).Register(asked with { Again = true }).WaitAsync(EdgeLimits.CommandTimeout, _edge.Time);
        }
    }

    private void Keep(in SipFlow flow, string userKey, bool behindNat)
    {
        _flows.Watch(flow, userKey);
        if (behindNat)
            _keepAlive.Keep(flow, _edge.Time.GetUtcNow() + _edge.Options.NatExpires);
    }

    private RegisterBindings Ask(RegistrationRequest request, in SipFlow flow, bool behindNat)
    {
        var set = ImmutableArray.CreateBuilder<Binding>(request.Contacts.Count);
        var remove = ImmutableArray.CreateBuilder<string>();
        var longest = behindNat ? _edge.Options.NatExpires : _edge.Options.MaxExpires;
        foreach (var contact in request.Contacts)
        {
            var id = DeviceId.Of(contact);
            if (contact.ExpiresSeconds == 0)
            {
                remove.Add(id);
                continue;
            }
            var granted = TimeSpan.FromSeconds(contact.ExpiresSeconds);
            set.Add(new Binding(
                id, contact.Uri, _edge.Options.Node, _edge.Network.Describe(FlowTo(contact.Uri, flow)), [.. request.Path], request.CallId, request.CSeq,
                granted < longest ? granted : longest, default, request.UserAgent, contact.RegId > 0 ? contact.Instance : ""));
        }
        return new RegisterBindings(set.DrainToImmutable(), remove.DrainToImmutable(), request.RemovesAll, request.CallId, request.CSeq);
    }

    /// <summary>
    /// Calls go over the flow that the registration came by, which is the one that a NAT lets through. A phone that is not behind one (it sends from the very
    /// address that its contact names) may listen on another UDP port than it sends from: then its contact says where (RFC 3261 §10.3).
    /// </summary>
    private SipFlow FlowTo(string contactUri, in SipFlow flow)
    {
        if (flow.Transport is SipTransport.Udp
            && SipUri.TryParse(System.Text.Encoding.UTF8.GetBytes(contactUri), out var contact, out _) && !contact.Parameters.Has("ob"u8)
            && contact.Transport is (SipTransport.Unknown or SipTransport.Udp) && System.Net.IPAddress.TryParse(contact.HostText.Trim('[', ']'), out var host)
            && host.Equals(flow.Remote.Address))
        {
            var port = contact.Port == 0 ? SipTransport.Udp.DefaultPort() : contact.Port;
            if (port != flow.Remote.Port && _edge.Network.TryOpen(SipTransport.Udp, new System.Net.IPEndPoint(host, port), contact.HostText, out var other)) return other;
        }

        return flow;
    }

    private void Answer(SipStack stack, ServerTransaction register, RegistrationRequest request, RegisterResult result)
    {
        var status = Status(result.Refusal);
        if (status != 200)
        {
            stack.Respond(register, status);
            return;
        }
        var lines = new HeaderLines();
        var now = _edge.Time.GetUtcNow();
        foreach (var binding in result.Bindings)
        {
            var left = (long)Math.Ceiling((binding.ExpiresAt - now).TotalSeconds);
            if (left > 0)
                lines.Add("Contact", string.Create(CultureInfo.InvariantCulture, $"<{binding.Contact}>;expires={left}"));
        }
        foreach (var path in request.Path)
            lines.Add("Path", path);
        if (request.IsOutbound)
            lines.Add("Require", "outbound").Add("Flow-Timer", _options.FlowTimerSeconds.ToString(CultureInfo.InvariantCulture));
        stack.Respond(register, 200, new SipPayload(lines.Bytes));
    }

    private static int Status(RegisterRefusal refusal) => refusal switch
    {
        RegisterRefusal.None => 200,
        RegisterRefusal.OutOfOrder => 500,
        RegisterRefusal.TooManyDevices => 403,
        RegisterRefusal.UnknownUser => 404,
        _ => 500,
    };

    /// <summary>The phone wrote another address into its Via than its packets come from.</summary>
    private static bool IsBehindNat(SipMessage message, in SipFlow flow) =>
        flow.Transport is SipTransport.Udp
        && (!System.Net.IPAddress.TryParse(message.ViaHost.Trim("[]"u8), out var said) || !said.Equals(flow.Remote.Address));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{User} does not answer and is asked again")]
    private static partial void LogAskedAgain(ILogger logger, Exception failure, string user);

    [LoggerMessage(Level = LogLevel.Error, Message = "{User} could not register")]
    private static partial void LogFailed(ILogger logger, Exception failure, string user);
}
