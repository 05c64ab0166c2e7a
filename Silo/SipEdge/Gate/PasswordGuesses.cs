using Webphone.Net.Sip.Limits;
using Webphone.Sip.Stack;

namespace Webphone.Silo.SipEdge.Gate;

/// <summary>
/// Bounds how many passwords can be tried. Wrong ones count for the address and user that they were tried for, and for the address as a whole. Over the first
/// limit not even the right password lets that user in from there, over the second nobody new. Those who share the address with a guesser work on:
/// a user who proved themselves from the address is not bound by the address's limit, and over the flow of that proof not by their own either,
/// which a guesser's packets do not come by. Safe from any thread.
/// </summary>
internal sealed class PasswordGuesses(TrustedNetworks trusted, SipEdgeOptions options, ProvenOrigins proven)
{
    private static readonly TimeSpan Penalty = TimeSpan.FromSeconds(30);

    private readonly AddressRates _ofAddress = new(new RateLimit(options.WrongPasswordsPerMinute / 60.0, options.WrongPasswordsPerMinute, Penalty));
    private readonly AddressRates _ofUser = new(new RateLimit(options.WrongPasswordsPerUser / 60.0, options.WrongPasswordsPerUser, Penalty));

    /// <summary>Counts a wrong password; false when it was one too many.</summary>
    public bool TryTake(in SipFlow flow, string tenant, string username, long nowMs)
    {
        var source = SourceAddress.From(flow.Remote.Address);
        return trusted.Contains(source)
            || (_ofUser.TryTake(proven.KeyOf(source, tenant, username), nowMs) & _ofAddress.TryTake(source, nowMs));
    }

    /// <summary>Whether so many were wrong that a right one does not help.</summary>
    public bool AreTooMany(in SipFlow flow, string tenant, string username, long nowMs)
    {
        var source = SourceAddress.From(flow.Remote.Address);
        if (trusted.Contains(source))
            return false;
        var tooMany = _ofUser.IsInDebt(proven.KeyOf(source, tenant, username), nowMs);
        if (!tooMany && !_ofAddress.IsInDebt(source, nowMs))
            return false;
        return !(tooMany ? proven.Knows(flow, tenant, username, nowMs) : proven.Knows(source, tenant, username, nowMs));
    }
}
