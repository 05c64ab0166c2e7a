using System.Net;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Locating;

/// <summary>One place to try: transport, address and port.</summary>
public readonly record struct SipTarget(SipTransport Transport, IPEndPoint EndPoint);
