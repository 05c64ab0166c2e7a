using System.Net.Sockets;

namespace Webphone.Net.Sip;

/// <summary>A listener could not be bound: the message says which and why.</summary>
public sealed class SipBindException(SipListenPoint point, SocketException cause) : Exception(Describe(point, cause), cause)
{
    public SipListenPoint Point => point;

    public SocketException Cause => cause;

    /// <summary>Another process (or another listener of ours) has the port.</summary>
    public bool IsBusy => cause.SocketErrorCode == SocketError.AddressAlreadyInUse;

    private static string Describe(SipListenPoint point, SocketException cause) => cause.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"SIP port {point} is in use by another program",
        SocketError.AccessDenied => $"SIP port {point} may not be used by this user",
        SocketError.AddressNotAvailable => $"SIP address {point} is not one of this machine",
        _ => $"SIP port {point} cannot be opened: {cause.Message}",
    };
}
