namespace Webphone.Net.Sip.Streams;

/// <summary>Who takes the messages of connections. Called on the connection's reading thread, one message at a time; must not block.</summary>
internal interface IConnectionOwner
{
    /// <summary>A whole message came, or a ping (RFC 5626 §4.4.1), which has no bytes. The bytes are the connection's and valid only during the call.</summary>
    Intake Received(SipConnection connection, ReadOnlySpan<byte> message);

    /// <summary>Reading failed by a mistake of ours; <see cref="Closed"/> follows.</summary>
    void Failed(SipConnection connection, Exception failure);

    /// <summary>The connection is over; nothing follows. Called once.</summary>
    void Closed(SipConnection connection, FlowEnd end);
}

/// <summary>What became of a received message.</summary>
internal enum Intake
{
    Taken,

    /// <summary>It does not parse: the connection may send only so many of these.</summary>
    Malformed,

    /// <summary>The address is over its rate.</summary>
    OverRate,
}
