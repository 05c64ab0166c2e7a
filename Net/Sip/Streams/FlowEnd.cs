namespace Webphone.Net.Sip.Streams;

/// <summary>Why a connection is over.</summary>
public enum FlowEnd
{
    None,
    ClosedByPeer,
    ConnectFailed,
    HandshakeFailed,
    ReadFailed,
    WriteFailed,
    SlowReader,
    MessageTooLong,
    MessageTooSlow,
    NoFirstMessage,
    Idle,
    TooManyMalformed,
    ServerStopped,
}
