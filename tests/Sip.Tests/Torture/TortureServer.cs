using System.Net;
using System.Text;
using Webphone.Sip.Authentication;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Registration;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Tests.Torture;

/// <summary>A user agent server and registrar on the real stack that takes one message and tells what became of it.</summary>
internal sealed class TortureServer : ISipStackSink, ISipUser
{
    private static readonly SipFlow Flow = new(SipTransport.Udp, 1, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 5060));
    private readonly SipStack _stack;
    private bool _taken;

    public TortureServer() => _stack = new SipStack(new SipStackOptions(), this, this, new byte[32], nowMs: 0);

    /// <summary>The answer, if there was one.</summary>
    public string Answer { get; private set; } = "";

    public IReadOnlyList<Binding> Bindings { get; private set; } = [];

    public InviteSession? Session { get; private set; }

    /// <summary>As <see cref="TortureRow.Outcome"/> writes it.</summary>
    public string Take(byte[] bytes)
    {
        if (!SipMessage.TryParse(bytes, out var message, out var error))
        {
            if (message is not null && SipResponse.Create(message, error, "t1"u8) is { } refusal)
                Answer = Encoding.UTF8.GetString(refusal);
            return $"{Outcome()} {error.Reason}";
        }

        if (message!.IsRequest)
            message.Stamp(Flow.Remote.Address, Flow.Remote.Port);
        _stack.Receive(Flow, message, nowMs: 0);
        return Outcome();
    }

    private string Outcome() => Answer.Length > 0 ? Answer.Split(' ')[1] : _taken ? "taken" : "discarded";

    void ISipStackSink.Send(in SipFlow flow, ReadOnlySpan<byte> message) => Answer = Encoding.UTF8.GetString(message);

    byte[] ISipStackSink.LocalAddress(in SipFlow flow) => "192.0.2.99:5060"u8.ToArray();

    void ISipUser.OnInvite(ServerTransaction invite)
    {
        _taken = true;
        Session = _stack.OpenSession(invite);
    }

    void ISipUser.OnRegister(ServerTransaction register)
    {
        var options = new RegistrationOptions();
        var credentials = register.Request.Headers(HeaderName.Authorization).First;
        if (!credentials.IsEmpty && !DigestCredentials.TryParse(credentials, out _, out _))
            _stack.Respond(register, 401);
        else if (!RegistrationRequest.TryRead(register.Request, options, out var request, out var status))
            _stack.Respond(register, status);
        else
            Register(register, request, options);
    }

    private void Register(ServerTransaction register, RegistrationRequest request, RegistrationOptions options)
    {
        var result = Sip.Registration.Registrar.Apply([], request, Flow, options, nowMs: 0);
        Bindings = result.Bindings;
        _stack.Respond(register, result.Status, Sip.Registration.Registrar.Respond(new HeaderLines(), result, request, options, nowMs: 0));
    }

    void ISipUser.OnRequest(ServerTransaction request) => _taken = true;

    void ISipUser.OnCancel(ServerTransaction invite)
    {
    }

    void ISipUser.OnSessionEvent(InviteSession session, in SessionEvent e)
    {
    }

    void ISipUser.OnResponse(ClientTransaction request, SipMessage? response, int status)
    {
    }
}
