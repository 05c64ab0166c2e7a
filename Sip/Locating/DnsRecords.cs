using System.Net;

namespace Webphone.Sip.Locating;

/// <summary>A NAPTR record.</summary>
public readonly record struct NaptrRecord(int Order, int Preference, string Flags, string Service, string Replacement);

/// <summary>An SRV record.</summary>
public readonly record struct SrvRecord(int Priority, int Weight, int Port, string Target);

/// <summary>The resolver's answer to one question; empty where there is no such record or no answer.</summary>
public readonly record struct LocatorAnswer(
    IReadOnlyList<NaptrRecord> Naptrs, IReadOnlyList<SrvRecord> Srvs, IReadOnlyList<IPAddress> Addresses)
{
    public static LocatorAnswer None => new([], [], []);

    public static LocatorAnswer Of(params NaptrRecord[] naptrs) => new(naptrs, [], []);

    public static LocatorAnswer Of(params SrvRecord[] srvs) => new([], srvs, []);

    public static LocatorAnswer Of(params IPAddress[] addresses) => new([], [], addresses);
}
