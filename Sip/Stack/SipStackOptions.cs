using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Stack;

/// <summary>Settings of one <see cref="SipStack"/>. All times in milliseconds unless the name says otherwise.</summary>
public sealed record SipStackOptions
{
    /// <summary>T1, T2 and T4; default 500 ms, 4 s and 5 s.</summary>
    public TransactionTimers Timers { get; init; } = TransactionTimers.Default;

    /// <summary>The most server transactions at a time; over it new requests get 503 with Retry-After. Default 200,000.</summary>
    public int MaxServerTransactions { get; init; } = 200_000;

    /// <summary>The most client transactions at a time; over it sending fails with 503. Default 200,000.</summary>
    public int MaxClientTransactions { get; init; } = 200_000;

    /// <summary>What a refused peer is asked to wait. Default 10 s.</summary>
    public int RetryAfterSeconds { get; init; } = 10;

    /// <summary>How calls behave unless they say otherwise.</summary>
    public SessionOptions Session { get; init; } = new();

    /// <summary>The methods that the user serves, besides those of a call and OPTIONS, which the stack does: Allow names them. Default all that reach the user.</summary>
    public IReadOnlyList<SipMethod> UserMethods { get; init; } =
        [SipMethod.Register, SipMethod.Info, SipMethod.Refer, SipMethod.Subscribe, SipMethod.Notify, SipMethod.Message, SipMethod.Publish];

    /// <summary>
    /// The option tags that the user serves, besides 100rel and timer, which the stack does: Supported names them, and who requires another gets 420.
    /// Default replaces, path and outbound.
    /// </summary>
    public IReadOnlyList<string> UserExtensions { get; init; } = ["replaces", "path", "outbound"];

    /// <summary>The value of Server and User-Agent; empty for none.</summary>
    public string Product { get; init; } = "Webphone";
}
