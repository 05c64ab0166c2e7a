using System.Net;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.Tests.SipEdge.Trunks;

/// <summary>A trunk of the tenant acme: a gateway is a phone of ours at an address of its own, which does not register.</summary>
internal static class TestTrunk
{
    /// <summary>The number that the trunk brings to 102.</summary>
    public const string Ours = "+493055501";

    /// <summary>Somebody's number outside; from a phone it is dialled as 004412345.</summary>
    public const string Theirs = "+494412345";

    /// <summary>Two addresses of the gateways' network.</summary>
    public static readonly IPAddress Near = IPAddress.Parse("127.0.5.1");

    public static readonly IPAddress Far = IPAddress.Parse("127.0.5.2");

    /// <summary>The gateway of the trunk that the tenant has from now on.</summary>
    public static TestPhone Gateway(EdgeWorld world, Func<TrunkRecord, TrunkRecord>? change = null)
    {
        var gateway = world.Phone("gateway", "", from: Near);
        var trunk = Of($"sip:{EndPointOf(gateway)}");
        world.Directory.AddTrunk(change?.Invoke(trunk) ?? trunk);
        return gateway;
    }

    public static TrunkRecord Of(params string[] gateways) => new("provider", [.. gateways])
    {
        CallerId = Ours,
        Dials = [new DialRule("00", 2, "+49")],
        Networks = [IPNetwork.Parse("127.0.5.0/24")],
        Numbers = [new InboundNumber(Ours, "102")],
    };

    public static string EndPointOf(TestPhone phone) => phone.Network.Listening[0].EndPoint.ToString();
}
