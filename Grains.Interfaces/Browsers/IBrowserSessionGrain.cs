using System.Collections.Immutable;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Browsers;

/// <summary>
/// One browser of a user: its tabs, which of them holds the phone, and whether it can be rung. The key is <c>tenant/extension/session</c>. It is a device of its
/// user for as long as a tab that holds the phone is here. Its legs live at the edge of a node; they outlast every connection.
/// </summary>
public interface IBrowserSessionGrain : IGrainWithStringKey
{
    /// <summary>A tab is here, the first time or again; another connection of the same tab is replaced.</summary>
    Task<SessionView> Attach(AttachTab tab);

    /// <summary>The connection is still here; within every <see cref="TabLease.RenewEvery"/>. False when it is not known and must attach again.</summary>
    Task<bool> Renew(string connection);

    /// <summary>The connection is gone.</summary>
    Task Detach(string connection);

    /// <summary>The tab holds the phone from now on, whoever held it; the answer says whether the user has room for the device.</summary>
    Task<bool> TakePhone(string connection);

    /// <summary>No tab holds the phone, if this one did.</summary>
    Task ReleasePhone(string connection);

    /// <summary>Something that brings an offer and gets an answer; but for a <see cref="ProbeOffer"/> only for the tab that holds the phone.</summary>
    Task<OfferOutcome> Offer(string connection, BrowserOffer offer);

    /// <summary>Something to be done with a leg; any tab of the session may ask. For a leg that is not the session's it does nothing.</summary>
    Task Do(string connection, BrowserCommand command);

    /// <summary>Whether a ring would be heard: a tab that holds the phone is here and has not missed one.</summary>
    Task<bool> IsReachable();

    /// <summary>What the session's edge tells of its legs.</summary>
    Task Hear(SessionNews news);
}

/// <summary>A tab that joins its session over a connection of a frontend.</summary>
/// <param name="Connection">Unique in the cluster; a new one each time that the tab connects.</param>
/// <param name="TabId">The same for the life of the tab.</param>
/// <param name="TakePhone">Take the phone if no other tab that is here holds it.</param>
/// <param name="UserAgent">What the browser calls itself.</param>
/// <param name="Frontend">Who passes news on to the tab.</param>
[GenerateSerializer, Immutable]
public sealed record AttachTab(string Connection, string TabId, bool TakePhone, string UserAgent, IFrontend Frontend);

/// <summary>The session as a tab that attaches finds it. Versions only grow.</summary>
[GenerateSerializer, Immutable]
public sealed record SessionView(long Version, PhoneView Phone, ImmutableArray<SessionLeg> Legs);

/// <summary>Who holds the phone of a session.</summary>
/// <param name="TabId">Null when no tab does.</param>
/// <param name="Reachable">It is registered as a device.</param>
/// <param name="MissedRingAt">When a ring was not acknowledged, until the tab is heard of again.</param>
[GenerateSerializer, Immutable]
public sealed record PhoneView(string? TabId, bool Reachable, DateTimeOffset? MissedRingAt);

/// <summary>A leg of the session.</summary>
/// <param name="Lost">Its media is lost; it is to be reconnected.</param>
/// <param name="Caller">Who rings, while it rings and is not answered.</param>
/// <param name="Consults">As <see cref="DialOffer.Consults"/>.</param>
/// <param name="Transfer">The transfer of its far side that was asked for last.</param>
[GenerateSerializer, Immutable]
public sealed record SessionLeg(LegId Leg, string CallKey, bool Lost, Party? Caller, LegId? Consults = null, TransferTold? Transfer = null);

/// <summary>How long a tab stays without renewal.</summary>
public static class TabLease
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(90);
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(30);
}
