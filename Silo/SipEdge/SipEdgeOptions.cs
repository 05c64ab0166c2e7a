using Webphone.Silo.Edges;

namespace Webphone.Silo.SipEdge;

/// <summary>How the SIP edge treats phones.</summary>
public sealed class SipEdgeOptions
{
    /// <summary>Name of this node in the cluster; bindings and legs carry it.</summary>
    public string Node { get; set; } = "silo";

    /// <summary>Names the calls that begin here; at random by default.</summary>
    internal ICallKeys CallKeys { get; set; } = new RandomCallKeys();

    /// <summary>Registrations that ask for less are refused with 423; default 60 s.</summary>
    public TimeSpan MinExpires { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>What a registration gets that names no time; default 10 min.</summary>
    public TimeSpan DefaultExpires { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest time that is granted; default 1 h.</summary>
    public TimeSpan MaxExpires { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The longest time for a phone that registers by UDP from behind a NAT, which forgets it sooner than that otherwise; default 2 min.</summary>
    public TimeSpan NatExpires { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Time between keep-alives that phones are asked for when they use outbound (Flow-Timer, RFC 5626); default 2 min.</summary>
    public TimeSpan FlowTimer { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>SIP stacks that share the work; 0, the default, takes one a core, at most 4.</summary>
    public int Shards { get; set; }

    /// <summary>Legs at a time; a call over it is refused with 503. Default 20,000.</summary>
    public int MaxLegs { get; set; } = 20_000;

    /// <summary>
    /// Wrong passwords of one address in a minute, whoever they are for, before nobody new is let in from it for a while; users who have proved themselves
    /// from there work on. Default 30. Trusted networks are exempt.
    /// </summary>
    public int WrongPasswordsPerMinute { get; set; } = 30;

    /// <summary>
    /// Wrong passwords of one address for one user in a minute before that user is not let in from there for a while, except over the very flow that the
    /// user has proved to be theirs. Default 10. Trusted networks are exempt.
    /// </summary>
    public int WrongPasswordsPerUser { get; set; } = 10;

    /// <summary>The longest time that a subscription is granted; what it gets that names no time. Default 1 h.</summary>
    public TimeSpan MaxSubscriptionTime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Subscriptions of all phones of one user; over it the one that was not heard of for the longest ends. Default 500.</summary>
    public int MaxSubscriptionsOfUser { get; set; } = 500;

    /// <summary>Subscriptions at a time; over it they are refused with 503. Default 200,000.</summary>
    public int MaxSubscriptions { get; set; } = 200_000;

    /// <summary>How long calls may take to end in good order when the server stops; default 5 s.</summary>
    public TimeSpan StopTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The name and the rule of the first setting that makes no sense, or null.</summary>
    public string? FindMistake() =>
        string.IsNullOrWhiteSpace(Node) ? $"{nameof(Node)} must not be empty"
        : MinExpires < TimeSpan.FromSeconds(1) ? $"{nameof(MinExpires)} must be at least 1 s"
        : MaxExpires < MinExpires ? $"{nameof(MaxExpires)} must not be less than {nameof(MinExpires)}"
        : DefaultExpires < MinExpires || DefaultExpires > MaxExpires ? $"{nameof(DefaultExpires)} must lie between {nameof(MinExpires)} and {nameof(MaxExpires)}"
        : NatExpires < MinExpires ? $"{nameof(NatExpires)} must not be less than {nameof(MinExpires)}"
        : FlowTimer < TimeSpan.FromSeconds(10) ? $"{nameof(FlowTimer)} must be at least 10 s"
        : MaxLegs < 2 ? $"{nameof(MaxLegs)} must be at least 2"
        : MaxSubscriptionTime < MinExpires ? $"{nameof(MaxSubscriptionTime)} must not be less than {nameof(MinExpires)}"
        : MaxSubscriptionsOfUser < 1 ? $"{nameof(MaxSubscriptionsOfUser)} must be at least 1"
        : MaxSubscriptions < 1 ? $"{nameof(MaxSubscriptions)} must be at least 1"
        : WrongPasswordsPerMinute < 1 ? $"{nameof(WrongPasswordsPerMinute)} must be at least 1"
        : WrongPasswordsPerUser < 1 ? $"{nameof(WrongPasswordsPerUser)} must be at least 1"
        : StopTime < TimeSpan.Zero ? $"{nameof(StopTime)} must not be negative"
        : null;
}
