namespace Webphone.Sip.Messages;

/// <summary>The request methods that this stack knows by name; any other token is <see cref="Unknown"/> and keeps its bytes.</summary>
public enum SipMethod : byte
{
    Unknown,
    Invite,
    Ack,
    Bye,
    Cancel,
    Register,
    Options,
    Info,
    Prack,
    Update,
    Refer,
    Subscribe,
    Notify,
    Message,
    Publish,
}
