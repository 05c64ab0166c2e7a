namespace Webphone.Media.Stun;

/// <summary>The message types of the Binding method (RFC 8489 section 5), which is all that ICE uses.</summary>
public enum StunType : ushort
{
    BindingRequest = 0x0001,
    BindingIndication = 0x0011,
    BindingSuccess = 0x0101,
    BindingError = 0x0111,
}
